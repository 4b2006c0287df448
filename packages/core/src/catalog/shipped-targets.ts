import type { ShippedModelId } from '../wire/model-id.ts'

/** Who serves a model: the provider's name, and what it calls the model. */
export interface ShippedTarget {
  readonly provider: string
  readonly model: string
}

/** What a lab, Together and OpenRouter call a model, if they serve it. */
interface OwnNames {
  readonly lab?: ShippedTarget
  readonly together?: string
  readonly openrouter?: string
}

/** Models that others than NVIDIA serve, under names of their own. */
const ownNames: Partial<Record<ShippedModelId, OwnNames>> = {
  'meta/llama-3.3-70b-instruct': {
    lab: { provider: 'llama', model: 'Llama-3.3-70B-Instruct' },
    together: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    openrouter: 'meta-llama/llama-3.3-70b-instruct',
  },
  'meta/llama-3.1-8b-instruct': {
    together: 'meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo',
    openrouter: 'meta-llama/llama-3.1-8b-instruct',
  },
  'meta/llama-4-maverick-17b-128e-instruct': {
    lab: { provider: 'llama', model: 'Llama-4-Maverick-17B-128E-Instruct-FP8' },
    together: 'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
    openrouter: 'meta-llama/llama-4-maverick',
  },
  'meta/llama-3.2-90b-vision-instruct': { openrouter: 'meta-llama/llama-3.2-90b-vision-instruct' },
  'deepseek-ai/deepseek-v4-flash': {
    lab: { provider: 'deepseek', model: 'deepseek-v4-flash' },
    openrouter: 'deepseek/deepseek-v4-flash',
  },
  'deepseek-ai/deepseek-v4-pro': {
    lab: { provider: 'deepseek', model: 'deepseek-v4-pro' },
    together: 'deepseek-ai/DeepSeek-V4-Pro',
    openrouter: 'deepseek/deepseek-v4-pro',
  },
  'mistralai/mistral-large-3-675b-instruct-2512': {
    lab: { provider: 'mistral', model: 'mistral-large-2512' },
    openrouter: 'mistralai/mistral-large-2512',
  },
  'moonshotai/kimi-k2.6': {
    lab: { provider: 'moonshot', model: 'kimi-k2.6' },
    together: 'moonshotai/Kimi-K2.6',
    openrouter: 'moonshotai/kimi-k2.6',
  },
  'openai/gpt-oss-120b': { together: 'openai/gpt-oss-120b', openrouter: 'openai/gpt-oss-120b' },
  'openai/gpt-oss-20b': { together: 'openai/gpt-oss-20b', openrouter: 'openai/gpt-oss-20b' },
  'nvidia/llama-3.3-nemotron-super-49b-v1.5': { openrouter: 'nvidia/llama-3.3-nemotron-super-49b-v1.5' },
  'nvidia/nvidia-nemotron-nano-9b-v2': {
    together: 'nvidia/NVIDIA-Nemotron-Nano-9B-v2',
    openrouter: 'nvidia/nemotron-nano-9b-v2',
  },
  'black-forest-labs/flux.1-dev': {
    lab: { provider: 'bfl', model: 'flux-dev' },
    together: 'black-forest-labs/FLUX.1-dev',
  },
  'black-forest-labs/flux.1-schnell': { together: 'black-forest-labs/FLUX.1-schnell' },
}

/**
 * Who serves a shipped model, in the order to try: its lab, then NVIDIA, which hosts all sixteen under the ids the catalog
 * uses, then Together and OpenRouter, then another Speka gateway.
 */
export function shippedTargets(id: string): readonly ShippedTarget[] {
  if (id === 'speka/sandbox') return [{ provider: 'sandbox', model: id }]
  const { lab, together, openrouter } = ownNames[id as ShippedModelId] ?? {}
  return [
    ...(lab === undefined ? [] : [lab]),
    { provider: 'nvidia', model: id },
    ...(together === undefined ? [] : [{ provider: 'together', model: together }]),
    ...(openrouter === undefined ? [] : [{ provider: 'openrouter', model: openrouter }]),
    { provider: 'speka', model: id },
  ]
}
