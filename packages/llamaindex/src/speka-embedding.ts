import { BaseEmbedding, type EmbeddingInfo } from '@llamaindex/core/embeddings'
import type { MessageContentDetail } from '@llamaindex/core/llms'
import { extractSingleText } from '@llamaindex/core/utils'
import type { EmbeddingsRequest, Gateway, ModelId } from '@speka/core'
import { openGateway, type GatewayConnection } from '@speka/core/node'

/** How to make a `SpekaEmbedding`. */
export interface SpekaEmbeddingOptions extends GatewayConnection {
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
  embedBatchSize?: number | undefined
  /** How long a call may take, in ms. Default: the gateway's `total_ms`. */
  timeout?: number | undefined
  /** Refuse a call rather than let it cost more: US dollars, as a number or a decimal string. */
  maxCostUsd?: number | string | undefined
  /** Kept with the usage records. */
  metadata?: Record<string, string> | undefined
  /** Words for the gateway's rules of routing to look at. */
  tags?: string[] | undefined
}

/** What every provider here takes in one call. */
const MOST_IN_A_CALL = 64

/**
 * Embeddings that go through Speka, in batches.
 *
 * @example
 * Settings.embedModel = new SpekaEmbedding({ model: 'nvidia/nv-embedqa-e5-v5' })
 */
export class SpekaEmbedding extends BaseEmbedding {
  readonly model: string
  override embedBatchSize: number
  override embedInfo: EmbeddingInfo
  // Out of sight of logs.
  declare private readonly options: SpekaEmbeddingOptions

  /** @throws RangeError when `embedBatchSize` is not a whole number from 1 to 64. */
  constructor(options: SpekaEmbeddingOptions) {
    super()
    const { embedBatchSize = MOST_IN_A_CALL, dimensions } = options
    if (!Number.isInteger(embedBatchSize) || embedBatchSize < 1 || embedBatchSize > MOST_IN_A_CALL) {
      throw new RangeError(`embedBatchSize must be a whole number from 1 to ${MOST_IN_A_CALL}, not ${embedBatchSize}.`)
    }
    this.model = options.model
    this.embedBatchSize = embedBatchSize
    this.embedInfo = dimensions === undefined ? {} : { dimensions }
    Object.defineProperty(this, 'options', { value: options })
  }

  /**
   * Where its calls go: the gateway it was given, or one in front of a server.
   *
   * @throws SpekaError `invalid_api_key` when there is neither a gateway nor a key.
   */
  get gateway(): Gateway {
    return openGateway(this.options)
  }

  /** The vector of a text that shall be found. */
  override async getTextEmbedding(text: string): Promise<number[]> {
    const [vector = []] = await this.embed([text])
    return vector
  }

  /** The vector of a text to find others with; `null` when there is no text. */
  override async getQueryEmbedding(query: MessageContentDetail): Promise<number[] | null> {
    const text = extractSingleText(query)
    if (text === null || text === '') return null
    // Not in a list: that is how the gateway tells a question from texts, for models that mind.
    const [vector = null] = await this.embed(text)
    return vector
  }

  /** Vectors of texts that shall be found, in their order, in as few calls as can be. No texts, no call. */
  override getTextEmbeddings = async (texts: string[]): Promise<number[][]> => {
    const vectors: number[][] = []
    for (let from = 0; from < texts.length; from += this.embedBatchSize) {
      vectors.push(...(await this.embed(texts.slice(from, from + this.embedBatchSize))))
    }
    return vectors
  }

  private async embed(input: string | string[]): Promise<number[][]> {
    const { models, provider, dimensions, metadata, timeout, maxCostUsd, tags } = this.options
    const request: EmbeddingsRequest = {
      model: this.model,
      input,
      encoding_format: 'float',
      ...(models !== undefined && { models }),
      ...(provider != null && { provider }),
      ...(dimensions !== undefined && { dimensions }),
      ...(metadata !== undefined && { metadata }),
    }
    const { data } = await this.gateway.embed(request, { timeoutMs: timeout, maxCostUsd, tags })
    return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding as number[])
  }
}
