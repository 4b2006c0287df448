import { memberCalled } from '../../bytes/scan-object.ts'
import type { RerankCall } from './rerank-call.ts'

/** A search unit is a query with up to so many documents (docs.cohere.com/docs/how-does-cohere-pricing-work). */
const DOCUMENTS_PER_UNIT = 100
/** A document that is longer, the query counted in, counts as several. */
const TOKENS_PER_DOCUMENT = 500
/** What a long query leaves of that for the document. */
const LEAST_TOKENS_PER_DOCUMENT = 50
/** Tokens are counted on the high side. */
const BYTES_PER_TOKEN = 3

/** Search units by the number of documents: what a provider that does not count any is taken to have used. */
export const searchUnits = ({ outline }: RerankCall): number => Math.ceil(outline.documents.length / DOCUMENTS_PER_UNIT)

/** The same at the most, with every long document counted as several. */
export function mostSearchUnits(call: RerankCall): number {
  const { outline, scan } = call
  const left = TOKENS_PER_DOCUMENT - Math.ceil(queryBytes(call) / BYTES_PER_TOKEN)
  const bytesEach = Math.max(LEAST_TOKENS_PER_DOCUMENT, left) * BYTES_PER_TOKEN
  let documents = 0
  for (const document of outline.documents) {
    const text = typeof document === 'string' ? document : JSON.stringify(document)
    documents += Math.max(1, Math.ceil(Buffer.byteLength(text) / bytesEach))
  }
  // What was too long to be parsed stands in the outline as a mark only.
  for (const { start, end } of scan.longStrings) documents += Math.floor((end - start) / bytesEach)
  return Math.ceil(documents / DOCUMENTS_PER_UNIT)
}

/** How long the query is in the body. */
export function queryBytes({ scan }: RerankCall): number {
  const member = memberCalled(scan, 'query')
  return member === undefined ? 0 : member.valueEnd - member.valueStart
}
