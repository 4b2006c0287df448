import { asBuffer, memberCalled } from '../../bytes/scan-object.ts'
import type { RerankCall } from '../../operations/rerank/rerank-call.ts'
import type { RerankDocument } from '../../operations/rerank/rerank.ts'

/** The documents of a call as the caller sent them: long ones stand in the outline only as a mark. */
export function wholeDocuments({ body, scan, outline }: RerankCall): readonly (string | RerankDocument)[] {
  const member = memberCalled(scan, 'documents')
  if (scan.longStrings.length === 0 || member === undefined) return outline.documents
  return JSON.parse(asBuffer(body).toString('utf8', member.valueStart, member.valueEnd)) as (string | RerankDocument)[]
}

/** The query, which may be long too. */
export function wholeQuery({ body, scan, outline }: RerankCall): string {
  const member = memberCalled(scan, 'query')
  if (scan.longStrings.length === 0 || member === undefined) return outline.query
  return JSON.parse(asBuffer(body).toString('utf8', member.valueStart, member.valueEnd)) as string
}

/**
 * A document as the text that it is ranked by. Of one with several fields each is a line with its name, as Cohere advises
 * (docs.cohere.com/docs/reranking-with-cohere).
 */
export function textOf(document: string | RerankDocument, { outline }: RerankCall): string {
  if (typeof document === 'string') return document
  const fields = outline.rank_fields ?? ['text']
  if (fields.length === 1 && fields[0] === 'text') return document.text ?? ''
  return fields
    .flatMap((field) => (document[field] === undefined ? [] : `${field}: ${asText(document[field])}`))
    .join('\n')
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** How many results the caller wants: never more than there are documents. */
export const resultsWanted = ({ outline: { top_n: most, documents } }: RerankCall): number =>
  Math.min(most ?? documents.length, documents.length)
