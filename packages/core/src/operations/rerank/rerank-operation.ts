import type { Usage } from '../../usage.ts'
import { completeTokens } from '../token-count.ts'
import { estimateInputTokens } from '../estimate-input.ts'
import type { Operation } from '../operation.ts'
import { readRerankCall, writeRerankCall, type RerankCall } from './rerank-call.ts'
import type { RerankRequest } from './rerank.ts'
import { mostSearchUnits, queryBytes, searchUnits } from './search-units.ts'

/** What an upstream may put around each pair of query and document: marks of their ends, or an instruction. */
const TOKENS_AROUND_PAIR = 128

/** Documents ranked by how much they are about a query. */
export const rerankOperation: Operation<RerankCall> = {
  paths: ['/v1/rerank', '/v2/rerank'],
  read: readRerankCall,
  write: (request, facts) => writeRerankCall(request as unknown as RerankRequest, facts),
  units: ['input', 'search', 'request'],
  tellingField: 'query',
  saying: (text) => ({ query: text || ' ', documents: [text || ' '] }),

  /** Models read the query with each of the documents anew. */
  size(call) {
    const repeated = Math.ceil((queryBytes(call) * (call.outline.documents.length - 1)) / BYTES_PER_TOKEN)
    const inputTokens = estimateInputTokens(call) + repeated
    return { inputTokens, outputTokens: 0, images: undefined, searches: mostSearchUnits(call) }
  },
  choices: () => 1,

  mostInputTokens: (call) => call.body.length + (queryBytes(call) + TOKENS_AROUND_PAIR) * call.outline.documents.length,
  mostOutputTokens: () => 0,
  mostSearches: mostSearchUnits,
  completeUsage: complete,
  usageSoFar: complete,
  usageJson: ({ inputTokens, searches, estimated }) => ({
    ...(searches !== undefined && { search_units: searches }),
    ...(inputTokens !== undefined && { prompt_tokens: inputTokens, total_tokens: inputTokens }),
    ...(estimated === true && { estimated }),
  }),

  endStream: ({ frames }) => frames,
}

const BYTES_PER_TOKEN = 3

/** Who counts search units bills by them, and need not count tokens; for all others they follow from the documents. */
function complete(usage: Usage, call: RerankCall): Usage {
  if (usage.searches !== undefined) return usage
  return { ...completeTokens(usage, call), searches: searchUnits(call) }
}
