import { setMember, type Edit } from '../../bytes/splice.ts'
import type { RerankCall } from '../../operations/rerank/rerank-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { isGatewayField, jsonRequest } from './json-request.ts'
import type { TranslationTarget } from '../provider.ts'
import { resultsWanted, textOf, wholeDocuments } from './whole-documents.ts'

/** Fields that are answered here, whatever the upstream makes of them. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['return_documents', 'rank_fields', 'stream'])

/**
 * The caller's bytes for an upstream of Cohere's shape: documents become texts, and no more results are asked for than there
 * are documents.
 *
 * @param path `/rerank`, with the version before it where the upstream's address has none.
 */
export function rerankRequest(path: string, call: RerankCall, target: TranslationTarget): UpstreamRequest {
  const { outline, scan } = call
  const edits: Edit[] = []
  if (outline.documents.some((document) => typeof document !== 'string')) {
    const texts = wholeDocuments(call).map((document) => textOf(document, call))
    edits.push(setMember(scan, 'documents', JSON.stringify(texts)))
  }
  if ((outline.top_n ?? 0) > outline.documents.length)
    edits.push(setMember(scan, 'top_n', JSON.stringify(resultsWanted(call))))
  return jsonRequest(path, call, target, false, edits, (key) => isGatewayField(key) || leavesOut(key, outline[key]))
}

const leavesOut = (key: string, value: unknown): boolean => OWN_FIELDS.has(key) || value === null
