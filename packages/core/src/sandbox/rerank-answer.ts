import { relevanceOf, wordsOf } from './rank.ts'
import { countTokens } from './read-prompt.ts'
import { badRequest } from './refusal.ts'

const MOST_DOCUMENTS = 10_000

/** A ranking, and what it took. */
export interface RerankAnswer {
  readonly id: string
  readonly results: readonly { index: number; relevance_score: number }[]
  readonly usage: { prompt_tokens: number; total_tokens: number }
}

/**
 * The answer to a rerank request, a pure function of it: documents that share more words with the query come first.
 *
 * @throws Refusal when the request makes no sense.
 */
export function rerankAnswer(request: Readonly<Record<string, unknown>>, id: string): RerankAnswer {
  const { query, documents, top_n: most } = request
  if (typeof query !== 'string' || query === '') throw badRequest('"query" must be a text that is not empty.', 'query')
  const texts = textsIn(documents)
  const wanted = wordsOf(query)
  const results = texts
    .map((text, index) => ({ index, relevance_score: relevanceOf(wanted, text) }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, typeof most === 'number' ? most : texts.length)
  // The query is read with each of the documents anew.
  const tokens = texts.reduce((sum, text) => sum + countTokens(text) + countTokens(query), 0)
  return { id, results, usage: { prompt_tokens: tokens, total_tokens: tokens } }
}

function textsIn(documents: unknown): string[] {
  if (!Array.isArray(documents) || documents.length === 0)
    throw badRequest('"documents" must be an array of texts.', 'documents')
  if (documents.length > MOST_DOCUMENTS)
    throw badRequest(`"documents" may have ${MOST_DOCUMENTS} items at most.`, 'documents')
  return documents.map((document: unknown, index) => {
    if (typeof document === 'string') return document
    throw badRequest(`"documents[${index}]" must be a text.`, `documents[${index}]`)
  })
}
