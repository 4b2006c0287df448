import { Embeddings, type EmbeddingsParams } from '@langchain/core/embeddings'
import { chunkArray } from '@langchain/core/utils/chunk_array'
import { SpekaError, type EmbeddingsRequest, type Gateway, type ModelId } from '@speka/core'
import { costOfEmbeddings } from './cost-of-call.ts'
import { openGateway, type GatewayConnection } from '@speka/core/node'
import type { SpekaCostHandler } from './speka-cost-handler.ts'
import { stopUnlessRetryable, toLangChainError } from './speka-model-error.ts'
import { Spending } from './spending.ts'

/** How to make a `SpekaEmbeddings`. */
export interface SpekaEmbeddingsFields extends EmbeddingsParams, GatewayConnection {
  /** A model's id, such as `nvidia/nv-embedqa-e5-v5`. */
  model: ModelId
  /** Models to fall back to, in order. Only such whose vectors can stand beside those of `model`. */
  models?: ModelId[] | undefined
  /** How to choose among the providers of a model, as OpenRouter spells it. */
  provider?: EmbeddingsRequest['provider']
  /** Length of the vectors, where the model leaves a choice. */
  dimensions?: number | undefined
  /**
   * How many texts go into one call: 64 at the most.
   * @default 64
   */
  batchSize?: number | undefined
  /** How long a call may take, in ms. Default: the gateway's `total_ms`. */
  timeout?: number | undefined
  /** Refuse a call rather than let it cost more: US dollars, as a number or a decimal string. */
  maxCostUsd?: number | string | undefined
  /** Your user's id, for the provider. */
  user?: string | undefined
  /** Kept with the usage records. */
  metadata?: Record<string, string> | undefined
  /** Words for the gateway's rules of routing to look at. */
  tags?: string[] | undefined
  /** Where to add up what the calls cost: LangChain gives embeddings no callbacks. */
  costs?: SpekaCostHandler | undefined
}

/** What every provider here takes in one call. */
const MOST_IN_A_CALL = 64

/**
 * Embeddings that go through Speka. Texts are sent in batches of at most 64, several at a time.
 *
 * @example
 * const embeddings = new SpekaEmbeddings({ model: 'nvidia/nv-embedqa-e5-v5' })
 * const store = await MemoryVectorStore.fromDocuments(documents, embeddings)
 */
export class SpekaEmbeddings extends Embeddings {
  readonly model: string
  readonly baseURL: string | undefined
  readonly batchSize: number
  readonly dimensions: number | undefined
  // Out of sight of logs and tracers.
  declare private readonly connection: GatewayConnection
  declare private readonly fields: SpekaEmbeddingsFields

  /** @throws RangeError when `batchSize` is not a whole number from 1 to 64. */
  constructor(fields: SpekaEmbeddingsFields) {
    // A failed call has been retried by the gateway, and its errors say whether later may help.
    super({ maxRetries: 0, maxConcurrency: 4, onFailedAttempt: stopUnlessRetryable, ...fields })
    const { gateway, apiKey, baseURL, headers, batchSize = MOST_IN_A_CALL } = fields
    if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MOST_IN_A_CALL) {
      throw new RangeError(`batchSize must be a whole number from 1 to ${MOST_IN_A_CALL}, not ${batchSize}.`)
    }
    this.model = fields.model
    this.baseURL = baseURL
    this.batchSize = batchSize
    this.dimensions = fields.dimensions
    Object.defineProperty(this, 'connection', { value: { gateway, apiKey, baseURL, headers } })
    Object.defineProperty(this, 'fields', { value: fields })
  }

  /**
   * Where its calls go: the gateway it was given, or one in front of a server.
   *
   * @throws SpekaError `invalid_api_key` when there is neither a gateway nor a key.
   */
  get gateway(): Gateway {
    return openGateway(this.connection)
  }

  /**
   * Vectors of texts that shall be found, in their order. No texts, no call.
   *
   * @throws SpekaModelError, or LangChain's `ContextOverflowError` when a text is too long.
   */
  override async embedDocuments(texts: string[]): Promise<number[][]> {
    const batches = chunkArray(texts, this.batchSize)
    const vectors = await Promise.all(batches.map((batch) => this.caller.call(() => this.embed(batch))))
    return vectors.flat()
  }

  /**
   * The vector of a text to find others with.
   *
   * @throws what {@link embedDocuments} throws.
   */
  override async embedQuery(text: string): Promise<number[]> {
    // Not in a list: that is how the gateway tells a question from texts, for models that mind.
    const [vector = []] = await this.caller.call(() => this.embed(text))
    return vector
  }

  private async embed(input: string | string[]): Promise<number[][]> {
    const { timeout, tags } = this.fields
    const request = this.request(input)
    try {
      const { gateway } = this
      const spending = await this.spendingFor(request, gateway)
      try {
        const answer = await gateway.embed(request, { timeoutMs: timeout, tags, maxCostUsd: spending.maxCostUsd })
        const { model, cost, isEstimated } = answer
        spending.answered({ model, cost, isEstimated, finishReason: undefined })
        return inOrder(answer.data, typeof input === 'string' ? 1 : input.length)
      } catch (error) {
        throw spending.failed(error)
      }
    } catch (error) {
      throw toLangChainError(error)
    }
  }

  private spendingFor(request: EmbeddingsRequest, gateway: Gateway): Promise<Spending> {
    const { maxCostUsd, costs } = this.fields
    return Spending.begin(costs === undefined ? [] : [costs], {
      model: this.model,
      isLimited: true,
      maxCostUsd,
      mostCost: () => costOfEmbeddings(request, gateway),
    })
  }

  private request(input: string | string[]): EmbeddingsRequest {
    const { models, provider, dimensions, user, metadata } = this.fields
    return {
      model: this.model,
      input,
      encoding_format: 'float',
      ...(models !== undefined && { models }),
      ...(provider != null && { provider }),
      ...(dimensions !== undefined && { dimensions }),
      ...(user !== undefined && { user }),
      ...(metadata !== undefined && { metadata }),
    }
  }
}

/** @throws SpekaError when a vector is missing: texts must not get each other's. */
function inOrder(data: Awaited<ReturnType<Gateway['embed']>>['data'], wanted: number): number[][] {
  const vectors: number[][] = []
  for (const { index, embedding } of data) if (Array.isArray(embedding)) vectors[index] = embedding
  for (let index = 0; index < wanted; index += 1) {
    if (vectors[index] === undefined) {
      throw new SpekaError('upstream_bad_response', `The answer has no vector for text ${index} of ${wanted}.`)
    }
  }
  return vectors.slice(0, wanted)
}
