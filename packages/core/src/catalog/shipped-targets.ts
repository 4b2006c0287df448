import type { ShippedModelId } from '../wire/model-id.ts'

/** A lab's own endpoint for a model: the provider's name, and what it calls the model. */
export interface ShippedTarget {
  readonly provider: string
  readonly model: string
}

/** Models that their lab also serves itself. Its endpoint is tried before NVIDIA's. */
const ownEndpoints: Partial<Record<ShippedModelId, ShippedTarget>> = {
  'deepseek-ai/deepseek-v4-flash': { provider: 'deepseek', model: 'deepseek-v4-flash' },
  'deepseek-ai/deepseek-v4-pro': { provider: 'deepseek', model: 'deepseek-v4-pro' },
  'mistralai/mistral-large-3-675b-instruct-2512': { provider: 'mistral', model: 'mistral-large-2512' },
  'moonshotai/kimi-k2.6': { provider: 'moonshot', model: 'kimi-k2.6' },
  'meta/llama-3.3-70b-instruct': { provider: 'llama', model: 'Llama-3.3-70B-Instruct' },
  'meta/llama-4-maverick-17b-128e-instruct': { provider: 'llama', model: 'Llama-4-Maverick-17B-128E-Instruct-FP8' },
}

/**
 * Who serves a shipped model, in the order to try: its lab, then NVIDIA, which hosts all sixteen under the ids the catalog
 * uses, then another Speka gateway.
 */
export function shippedTargets(id: string): readonly ShippedTarget[] {
  if (id === 'speka/sandbox') return [{ provider: 'sandbox', model: id }]
  const own = ownEndpoints[id as ShippedModelId]
  const hosts = [
    { provider: 'nvidia', model: id },
    { provider: 'speka', model: id },
  ]
  return own === undefined ? hosts : [own, ...hosts]
}
