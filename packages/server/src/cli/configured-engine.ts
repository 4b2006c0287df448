import type { ConfiguredEngine } from '@speka/core'
import { createEngine } from '@speka/core/internal'
import { createUndiciTransport, realClock } from '@speka/core/node'
import { loadConfig } from '../config/load-config.ts'
import { readSettings } from '../config/settings.ts'
import { text, type Invocation } from './command.ts'

/** An engine of the configuration that a command is given: to be asked what it would do, not to call anybody. */
export function configuredEngine({ options, variables }: Invocation): ConfiguredEngine {
  const config = loadConfig(readSettings(variables, { config: text(options, 'config') }))
  return createEngine({
    config: config.gateway,
    transport: createUndiciTransport(),
    clock: realClock,
    random: Math.random,
    instanceId: 'cli',
  })
}
