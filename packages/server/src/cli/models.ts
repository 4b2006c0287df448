import type { ModelEntry } from '@speka/core'
import { keyVariablesFor, modelEntry } from '@speka/core/internal'
import type { Command, Invocation } from './command.ts'
import { configuredEngine } from './configured-engine.ts'
import { printTable } from './table.ts'

/** The models of the configuration at hand, callable or not. */
function configuredModels(invocation: Invocation): ModelEntry[] {
  return configuredEngine(invocation).table.models.map((routed) => modelEntry(routed, Date.now()))
}

/** `speka models`: every model, its price, and who serves it here. */
export const models: Command = {
  name: 'models',
  usage: '[--config FILE] [--json]',
  summary: 'List the models, their prices in USD per 1M tokens, and who serves them.',
  options: { config: { type: 'string' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { terminal, options } = invocation
    const entries = configuredModels(invocation)
    if (options['json'] === true) terminal.out(JSON.stringify(entries))
    else {
      printTable(
        terminal,
        ['model', 'endpoint', 'context', 'input', 'output', 'image', 'price source', 'providers'],
        entries.map(({ id, endpoints, context_window: context, pricing, providers }) => [
          id,
          endpoints.join(' '),
          context === undefined ? '' : String(context),
          pricing?.input_per_1m ?? '',
          pricing?.output_per_1m ?? '',
          pricing?.per_image ?? '',
          pricing === undefined
            ? 'none'
            : [pricing.source, pricing.as_of].filter((part) => part !== undefined).join(' '),
          providers.length === 0 ? `needs ${keyVariablesFor(id).join(' or ') || 'a target'}` : providers.join(', '),
        ]),
      )
    }
    return 0
  },
}
