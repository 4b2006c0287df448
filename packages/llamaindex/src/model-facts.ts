import type { Gateway } from '@speka/core'
import { shippedModels, type Model } from '@speka/core/internal'

/** What there is to know of a model before it is asked. */
export interface ModelFacts {
  /** In tokens. */
  readonly contextWindow: number
  readonly toolCalls: boolean
  readonly structuredOutput: boolean
}

/** Of a model that nobody knows: small enough for nearly all of today's. */
const USUAL_WINDOW = 32_768

/**
 * What the gateway's catalog says of a model; of a server's model, what the catalog that ships with Speka says. Of a model
 * that neither knows, what is usual.
 */
export function modelFacts(id: string, gateway: Gateway | undefined): ModelFacts {
  const model = gateway === undefined ? shipped(id) : gateway.engine.table.find(id)?.model
  const known = shipped(model?.id ?? id) !== undefined
  const can = (capability: string): boolean => !known || model?.capabilities.includes(capability) === true
  return {
    contextWindow: model?.contextWindow ?? USUAL_WINDOW,
    toolCalls: can('tools'),
    structuredOutput: can('json'),
  }
}

const shipped = (id: string): Model | undefined =>
  shippedModels.find((model) => model.id === id || id.startsWith(`${model.id}:`))
