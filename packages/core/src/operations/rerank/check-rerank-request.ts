import { SpekaError } from '../../errors.ts'
import { isRecord } from '../../json.ts'
import {
  checkKinds,
  checkModel,
  flag,
  list,
  missing,
  positive,
  sharedFields,
  text,
  wrong,
  type FieldKinds,
  type Kind,
} from '../../wire/check-field.ts'
import { checkPreferences } from '../../wire/routing-preferences.ts'
import type { RerankRequest } from './rerank.ts'

/** Cohere's own limit (docs.cohere.com/v1/reference/rerank). */
const MOST_DOCUMENTS = 10_000

const fieldNames: Kind = {
  article: 'an array of names of fields',
  is: (value) => Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string'),
}

const optional: FieldKinds = {
  ...sharedFields,
  top_n: positive,
  return_documents: flag,
  rank_fields: fieldNames,
  max_tokens_per_doc: positive,
}

const DOCUMENT: Kind = { article: 'a text, or an object with a "text"', is: () => false }

/**
 * Checks the fields of a rerank request that the gateway itself relies on.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function checkRerankRequest(value: unknown): RerankRequest {
  const request = checkModel(value)
  const query = request['query']
  if (query === undefined || query === null) throw missing('query', 'a text that says what is looked for')
  if (typeof query !== 'string') throw wrong('query', text)
  if (query === '')
    throw new SpekaError('invalid_value', '"query" is empty. Say what is looked for.', { param: 'query' })
  checkKinds(request, optional)
  checkDocuments(request['documents'], request['rank_fields'])
  if (request['provider'] != null) checkPreferences(request['provider'])
  if (request['stream'] === true) {
    throw new SpekaError('unsupported_parameter', 'Rankings do not stream. Leave "stream" out.', { param: 'stream' })
  }
  return request as unknown as RerankRequest
}

function checkDocuments(documents: unknown, rankFields: unknown): void {
  if (documents === undefined || documents === null) throw missing('documents', 'an array of texts')
  if (!Array.isArray(documents)) throw wrong('documents', list)
  if (documents.length === 0) {
    throw new SpekaError('invalid_value', '"documents" is empty. Send at least one document.', { param: 'documents' })
  }
  if (documents.length > MOST_DOCUMENTS) {
    const message = `"documents" has ${documents.length} items. Send at most ${MOST_DOCUMENTS} in one request.`
    throw new SpekaError('invalid_value', message, { param: 'documents' })
  }
  const needsText = !Array.isArray(rankFields)
  for (const [index, document] of (documents as readonly unknown[]).entries()) {
    if (typeof document === 'string') continue
    if (!isRecord(document) || (needsText && typeof document['text'] !== 'string'))
      throw wrong(`documents[${index}]`, DOCUMENT)
  }
}
