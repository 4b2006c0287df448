import type { ConfiguredEngine } from '@speka/core'
import { createEngine, type EngineOptions } from '@speka/core/internal'
import { hideSecrets } from './hide-secrets.ts'
import { loadConfig, type Config } from './load-config.ts'
import { ConfigError } from './config-error.ts'
import type { Settings } from './settings.ts'
import { watchConfigFile } from './watch-config-file.ts'

/** A configuration and the engine made of it. They change together. */
export interface Live {
  readonly config: Config
  readonly engine: ConfiguredEngine
}

/** Told how a reload went. After a failure the old configuration goes on. */
export interface ReloadListener {
  reloaded(live: Live): void
  failed(error: Error): void
}

/** Refuses a configuration for what only a running gateway knows. @throws ConfigError */
type Check = (config: Config, table: ConfiguredEngine['table']) => void

/** The world that an engine of `config` lives in. */
type WorldOf = (config: Config) => Omit<EngineOptions, 'config'>

/** The configuration in force, and how it is replaced: all of it or nothing. */
export class LiveConfig {
  readonly #settings: Settings
  readonly #world: WorldOf
  readonly #check: Check
  current: Live
  #watcher: { close(): void } | undefined

  /** @param first the configuration to begin with. Default: it is loaded. @throws ConfigError */
  constructor(settings: Settings, world: WorldOf, check: Check = () => {}, first = loadConfig(settings)) {
    this.#check = check
    this.#settings = settings
    this.#world = world
    this.current = this.#made(first)
  }

  /** Reads the file again. Requests under way end as they began. */
  reload(listener: ReloadListener): void {
    try {
      this.current = this.#made(loadConfig(this.#settings))
    } catch (error) {
      listener.failed(error instanceof Error ? error : new Error(String(error)))
      return
    }
    listener.reloaded(this.current)
  }

  /** Reloads whenever the file changes. */
  watch(listener: ReloadListener): void {
    this.#watcher = watchConfigFile(this.#settings.configFile, () => this.reload(listener))
  }

  close(): void {
    this.#watcher?.close()
  }

  #made(config: Config): Live {
    try {
      const engine = createEngine({ ...this.#world(config), config: config.gateway })
      this.#check(config, engine.table)
      return { config, engine }
    } catch (error) {
      // What the schema cannot see: fields that contradict each other.
      if (error instanceof RangeError) throw new ConfigError([hideSecrets(error.message)])
      throw error
    }
  }
}
