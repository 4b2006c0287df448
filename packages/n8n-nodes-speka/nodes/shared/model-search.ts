import { NodeApiError, type ILoadOptionsFunctions, type INodeListSearchResult, type JsonObject } from 'n8n-workflow'
import type { ModelEntry, OperationName } from '@speka/core'
import { openClient } from './open-client.ts'
import { toNodeError } from './node-error.ts'

/** The lists behind "From list" of a model: what the gateway can call now, with what it costs. */
export const listSearch = {
  searchModels: searchOf(undefined),
  searchChatModels: searchOf('chat'),
  searchEmbeddingModels: searchOf('embeddings'),
  searchImageModels: searchOf('images'),
}

function searchOf(endpoint: OperationName | undefined) {
  return async function search(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
    try {
      const client = await openClient(this)
      return { results: modelsFor(await client.models(), endpoint, filter) }
    } catch (error) {
      const shown = toNodeError(error, { node: this.getNode(), itemIndex: 0 })
      throw new NodeApiError(this.getNode(), { message: shown.message } as JsonObject, {
        message: shown.message,
        description: String(shown.description ?? ''),
      })
    }
  }
}

/** The models that serve an endpoint, or all, and have every word of the filter in their label; the sandbox last. */
export function modelsFor(
  models: readonly ModelEntry[],
  endpoint: OperationName | undefined,
  filter = '',
): INodeListSearchResult['results'] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  return models
    .filter(({ endpoint: usual, endpoints = [usual] }) => endpoint === undefined || endpoints.includes(endpoint))
    .map((model) => ({ name: labelOf(model, endpoint ?? model.endpoint), value: model.id }))
    .filter(({ name, value }) => {
      const text = `${name} ${value}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .sort((a, b) => rank(a.value) - rank(b.value) || a.name.localeCompare(b.name, 'en'))
}

const rank = (id: string): number => (id === 'speka/sandbox' ? 1 : 0)

/** `Llama 3.3 70B Instruct · $0.20 in, $0.20 out per 1M · 128K` */
export function labelOf({ id, name, pricing, context_window: context }: ModelEntry, endpoint: OperationName): string {
  return [
    name ?? id,
    (pricing && priceLabels[endpoint](pricing)) || 'price unknown',
    context === undefined ? '' : short(context),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

type Pricing = NonNullable<ModelEntry['pricing']>

/** What an operation costs, as far as it is priced. */
const priceLabels: Readonly<Record<OperationName, (pricing: Pricing) => string>> = {
  chat: ({ input_per_1m: input, output_per_1m: output }) =>
    perMillion(input && `${usd(input)} in`, output && `${usd(output)} out`),
  embeddings: ({ input_per_1m: input }) => perMillion(input && `${usd(input)} in`),
  rerank: ({ input_per_1m: input }) => perMillion(input && `${usd(input)} in`),
  transcription: ({ per_second: second }) => (second ? `${usd(second)} a second` : ''),
  translation: ({ per_second: second }) => (second ? `${usd(second)} a second` : ''),
  speech: ({ per_character: character }) => (character ? `${usd(character)} a character` : ''),
  moderation: ({ per_request: request }) => (Number(request) === 0 ? 'free' : ''),
  image_edits: ({ per_image: image }) => (image ? `${usd(image)} an image` : ''),
  images: ({ per_image: image }) => (image ? `${usd(image)} an image` : ''),
}

function perMillion(...parts: readonly (string | null | undefined)[]): string {
  const known = parts.filter(Boolean)
  return known.length === 0 ? '' : `${known.join(', ')} per 1M`
}

/** A decimal string as a price: 0.1 is $0.10, and no digit is lost. */
const usd = (decimal: string): string => {
  const [whole, part = ''] = decimal.split('.')
  return `$${whole}.${part.padEnd(2, '0')}`
}

/** A number of tokens as people say it: 128000 is 128K. */
function short(tokens: number): string {
  if (tokens >= 1_000_000) return `${Number((tokens / 1_000_000).toFixed(1))}M`
  return tokens >= 1000 ? `${Math.round(tokens / 1000)}K` : String(tokens)
}
