import type { ShippedModelId } from '../wire/model-id.ts'
import { operationNames, type OperationName } from '../wire/operation-name.ts'
import type { PriceSource } from '../wire/models.ts'
import type { Model } from './model.ts'
import { readPrice, type WrittenPrice, type WrittenPriceRow } from './written-price.ts'

/** A model as the catalog has it. */
export interface CatalogRow {
  readonly id: ShippedModelId
  readonly name: string
  readonly ownedBy: string
  readonly endpoints: readonly OperationName[]
  /** In tokens. */
  readonly contextWindow?: number
  /** Length of the vectors an embedding model returns. */
  readonly dimensions?: number
  readonly capabilities: readonly string[]
  /** Written as in a configuration, conditions included. */
  readonly price: WrittenPrice | readonly WrittenPriceRow[]
  readonly source: PriceSource
  readonly asOf: string
}

/**
 * The sixteen curated models of seven labs, and the sandbox. `published` prices come from the product's public
 * description, `directory` prices from the public ai-model-directory (MIT), `inferred` ones are a neighbour's list price.
 */
export const catalogRows: readonly CatalogRow[] = [
  {
    id: 'meta/llama-3.3-70b-instruct',
    name: 'Llama 3.3 70B Instruct',
    ownedBy: 'meta',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json'],
    price: { input: '0.20', output: '0.20' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'meta/llama-3.1-8b-instruct',
    name: 'Llama 3.1 8B',
    ownedBy: 'meta',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json'],
    price: { input: '0.05', output: '0.05' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'meta/llama-4-maverick-17b-128e-instruct',
    name: 'Llama 4 Maverick',
    ownedBy: 'meta',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json', 'vision'],
    price: { input: '0.27', output: '0.85' },
    source: 'inferred',
    asOf: '2026-11',
  },
  {
    id: 'meta/llama-3.2-90b-vision-instruct',
    name: 'Llama 3.2 90B Vision',
    ownedBy: 'meta',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['vision'],
    price: { input: '0.35', output: '0.40' },
    source: 'directory',
    asOf: '2026-08',
  },
  {
    id: 'deepseek-ai/deepseek-v4-flash',
    name: 'DeepSeek V4 Flash',
    ownedBy: 'deepseek-ai',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json', 'reasoning'],
    price: { input: '0.27', output: '1.10' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'deepseek-ai/deepseek-v4-pro',
    name: 'DeepSeek V4 Pro',
    ownedBy: 'deepseek-ai',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json', 'reasoning'],
    price: { input: '0.55', output: '2.20' },
    source: 'directory',
    asOf: '2026-08',
  },
  {
    id: 'mistralai/mistral-large-3-675b-instruct-2512',
    name: 'Mistral Large 3',
    ownedBy: 'mistralai',
    endpoints: ['chat'],
    contextWindow: 262_144,
    capabilities: ['tools', 'json', 'vision'],
    price: { input: '0.90', output: '2.70' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'moonshotai/kimi-k2.6',
    name: 'Kimi K2.6',
    ownedBy: 'moonshotai',
    endpoints: ['chat'],
    contextWindow: 262_144,
    capabilities: ['tools', 'json', 'reasoning', 'vision'],
    price: { input: '0.50', output: '2.00' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'openai/gpt-oss-120b',
    name: 'GPT-OSS 120B',
    ownedBy: 'openai',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json', 'reasoning'],
    price: { input: '0.15', output: '0.60' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'openai/gpt-oss-20b',
    name: 'GPT-OSS 20B',
    ownedBy: 'openai',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json', 'reasoning'],
    price: { input: '0.07', output: '0.30' },
    source: 'directory',
    asOf: '2026-08',
  },
  {
    id: 'nvidia/llama-3.3-nemotron-super-49b-v1.5',
    name: 'Nemotron Super 49B v1.5',
    ownedBy: 'nvidia',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json', 'reasoning'],
    price: { input: '0.35', output: '0.40' },
    source: 'directory',
    asOf: '2026-08',
  },
  {
    id: 'nvidia/nvidia-nemotron-nano-9b-v2',
    name: 'Nemotron Nano 9B v2',
    ownedBy: 'nvidia',
    endpoints: ['chat'],
    contextWindow: 128_000,
    capabilities: ['tools', 'json', 'reasoning'],
    price: { input: '0.10', output: '0.10' },
    source: 'directory',
    asOf: '2026-08',
  },
  {
    id: 'nvidia/nv-embedqa-e5-v5',
    name: 'NV-EmbedQA E5 v5',
    ownedBy: 'nvidia',
    endpoints: ['embeddings'],
    contextWindow: 512,
    dimensions: 1_024,
    capabilities: [],
    price: { input: '0.01' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'nvidia/nv-embed-v1',
    name: 'NV-Embed v1',
    ownedBy: 'nvidia',
    endpoints: ['embeddings'],
    contextWindow: 32_768,
    dimensions: 4_096,
    capabilities: [],
    price: { input: '0.016' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'black-forest-labs/flux.1-dev',
    name: 'FLUX.1 [dev]',
    ownedBy: 'black-forest-labs',
    endpoints: ['images'],
    capabilities: [],
    price: { image: '0.04' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'black-forest-labs/flux.1-schnell',
    name: 'FLUX.1 [schnell]',
    ownedBy: 'black-forest-labs',
    endpoints: ['images'],
    capabilities: [],
    price: { image: '0.02' },
    source: 'published',
    asOf: '2026-06',
  },
  {
    id: 'speka/sandbox',
    name: 'Sandbox',
    ownedBy: 'speka',
    endpoints: operationNames,
    contextWindow: 128_000,
    dimensions: 256,
    capabilities: ['tools', 'json'],
    price: { input: '0.10', output: '0.20', image: '0.01' },
    source: 'sandbox',
    asOf: '2026-11',
  },
]

/** A row of the catalog as everybody else sees it. */
export const modelFrom = ({ price, source, asOf, ...row }: CatalogRow): Model => ({
  ...row,
  prices: readPrice(price, { source, asOf }),
})

/** The models that ship with Speka, each with its price. */
export const shippedModels: readonly Model[] = catalogRows.map(modelFrom)
