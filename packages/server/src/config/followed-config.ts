import { loadConfig, type Config } from './load-config.ts'
import type { Settings } from './settings.ts'
import { watchConfigFile } from './watch-config-file.ts'

/**
 * The configuration as a process reads it that has no engine of its own. One that cannot be read changes nothing: those that have
 * one say what is wrong.
 */
export class FollowedConfig {
  readonly #settings: Settings
  readonly #watcher: { close(): void }
  current: Config

  /** @throws ConfigError */
  constructor(settings: Settings) {
    this.#settings = settings
    this.current = loadConfig(settings)
    this.#watcher = watchConfigFile(settings.configFile, () => this.reload())
  }

  reload(): void {
    try {
      this.current = loadConfig(this.#settings)
    } catch {
      // The old one goes on.
    }
  }

  close(): void {
    this.#watcher.close()
  }
}
