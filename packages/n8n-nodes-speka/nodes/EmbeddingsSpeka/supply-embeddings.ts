import type { EmbeddingsAnswer } from '@speka/core'
import { NodeConnectionTypes, type IDataObject, type ISupplyDataFunctions, type SupplyData } from 'n8n-workflow'
import {
  addToRunCost,
  maxCostOf,
  modelIdIn,
  openClient,
  RunBudget,
  sharedBody,
  timeoutMsOf,
  toNodeError,
  withinBudget,
  type Asked,
  type ErrorPlace,
  type OptionValues,
  type SpekaClient,
} from '../shared/index.ts'

const DEFAULT_BATCH = 512

interface EmbeddingsOptions extends OptionValues {
  readonly batchSize?: number
  readonly dimensions?: number
  readonly stripNewLines?: boolean
}

/** What vector stores ask of embeddings, as LangChain names it. */
export interface Embeddings {
  embedDocuments(texts: string[]): Promise<number[][]>
  embedQuery(text: string): Promise<number[]>
}

/**
 * The embeddings that vector stores work with. Each call shows in the editor, with its usage and cost.
 *
 * @throws NodeOperationError
 */
export async function supplyEmbeddings(n8n: ISupplyDataFunctions, itemIndex: number): Promise<SupplyData> {
  const place: ErrorPlace = { node: n8n.getNode(), itemIndex }
  try {
    return { response: embeddingsOf(n8n, place, await openClient(n8n, itemIndex)) }
  } catch (error) {
    throw toNodeError(error, place)
  }
}

function embeddingsOf(n8n: ISupplyDataFunctions, place: ErrorPlace, client: SpekaClient): Embeddings {
  const options = n8n.getNodeParameter('options', place.itemIndex, {}) as EmbeddingsOptions
  const { dimensions, stripNewLines = true, batchSize = DEFAULT_BATCH } = options
  const timeoutMs = timeoutMsOf(options)
  const limit = maxCostOf(options, place)
  const budget = limit === undefined ? undefined : new RunBudget(n8n, limit)
  const body = {
    model: modelIdIn(n8n.getNodeParameter('model', place.itemIndex)),
    ...(dimensions !== undefined && { dimensions }),
    ...sharedBody(options, n8n, place),
  }

  const limits = { signal: n8n.getExecutionCancelSignal(), ...(timeoutMs !== undefined && { timeoutMs }) }

  /** One request. */
  const embedBatch = async (input: string[]) => {
    const asked = await withinBudget(budget, limits, (within) => client.embed({ ...body, input }, within))
    addToRunCost(n8n, asked.course.costUsd)
    return asked
  }

  /** As many requests as it takes, shown in the editor as one call. */
  const embed = async (texts: string[], shown: IDataObject): Promise<number[][]> => {
    const { index } = n8n.addInputData(NodeConnectionTypes.AiEmbedding, [[{ json: shown }]])
    try {
      const cleaned = texts.map((text) => (stripNewLines ? text.replaceAll(/\r?\n/g, ' ') : text))
      // A provider refuses the whole list for one empty text, and a space means as little.
      const inputs = cleaned.map((text) => (text.trim() === '' ? ' ' : text))
      const batches: Asked<EmbeddingsAnswer>[] = []
      for (let from = 0; from < inputs.length; from += batchSize) {
        batches.push(await embedBatch(inputs.slice(from, from + batchSize)))
      }
      const vectors = batches.flatMap(({ body: { data } }) => data.map(({ embedding }) => embedding as number[]))
      n8n.addOutputData(NodeConnectionTypes.AiEmbedding, index, [[{ json: summary(vectors, batches) }]])
      return vectors
    } catch (error) {
      const failure = toNodeError(error, place)
      n8n.addOutputData(NodeConnectionTypes.AiEmbedding, index, failure)
      throw failure
    }
  }

  return {
    embedDocuments: async (texts) => (texts.length === 0 ? [] : embed(texts, { documents: texts })),
    async embedQuery(text) {
      const [vector] = await embed([text], { query: text })
      return vector ?? []
    },
  }
}

/** What the editor shows of a call: everything but the numbers themselves. */
function summary(vectors: number[][], batches: readonly Asked<EmbeddingsAnswer>[]): IDataObject {
  const tokens = batches.map(({ body: { usage } }) => usage?.prompt_tokens ?? 0)
  const costs = batches.map(({ course }) => course.costUsd)
  const promptTokens = tokens.reduce((sum, each) => sum + each, 0)
  const cost = costs.reduce<number | undefined>(
    (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each),
    0,
  )
  return {
    vectors: vectors.length,
    dimensions: vectors[0]?.length ?? 0,
    model: batches[0]?.course.model ?? null,
    attempts: batches.flatMap(({ course }) => course.attempts),
    tokenUsage: { promptTokens, completionTokens: 0, totalTokens: promptTokens, ...(cost !== undefined && { cost }) },
  }
}
