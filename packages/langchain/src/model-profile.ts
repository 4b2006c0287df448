import type { ModelProfile } from '@langchain/core/language_models/profile'
import type { Gateway } from '@speka/core'
import { shippedModels, type Model } from '@speka/core/internal'

/**
 * What the catalog knows of a model, in LangChain's words. Agents choose by it whether to use the provider's own structured
 * output, and when to summarize. What is not known is left out.
 */
export function modelProfile(id: string, gateway: Gateway | undefined): ModelProfile {
  const model = gateway === undefined ? shipped(id) : gateway.engine.table.find(id)?.model
  if (model === undefined) return {}
  const window = model.contextWindow === undefined ? {} : { maxInputTokens: model.contextWindow }
  // Nobody has said what a model of the operator's own can do.
  if (model.capabilities.length === 0 && shipped(model.id) === undefined) return window
  const can = (capability: string): boolean => model.capabilities.includes(capability)
  return {
    ...window,
    toolCalling: can('tools'),
    toolChoice: can('tools'),
    structuredOutput: can('json') && !takesNoSchema.has(model.ownedBy),
    imageInputs: can('vision'),
    imageUrlInputs: can('vision'),
    reasoningOutput: can('reasoning'),
  }
}

/** A server's models are those of the catalog, as far as is known here. */
const shipped = (id: string): Model | undefined =>
  shippedModels.find((model) => model.id === id || id.startsWith(`${model.id}:`))

/** Labs whose models answer with JSON, but refuse a schema for it. */
const takesNoSchema = new Set(['deepseek-ai'])
