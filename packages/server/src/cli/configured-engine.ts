import type { ConfiguredEngine } from '@speka/core'
import { createEngine } from '@speka/core/internal'
import { createUndiciTransport, realClock } from '@speka/core/node'
import { loadConfig, type Config } from '../config/load-config.ts'
import { readSettings } from '../config/settings.ts'
import { text, type Invocation } from './command.ts'

/** An engine of the configuration that a command is given: to be asked what it would do, not to call anybody. */
export const configuredEngine = (invocation: Invocation): ConfiguredEngine => engineWithConfig(invocation).engine

/** The same with the configuration. */
export function engineWithConfig({ options, variables }: Invocation): { engine: ConfiguredEngine; config: Config } {
  const config = loadConfig(readSettings(variables, { config: text(options, 'config') }))
  const engine = createEngine({
    config: config.gateway,
    transport: createUndiciTransport(),
    clock: realClock,
    random: Math.random,
    instanceId: 'cli',
  })
  return { engine, config }
}
