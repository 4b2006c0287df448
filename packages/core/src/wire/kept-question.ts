import { SpekaError } from '../errors.ts'

/** What can be asked about a response that an upstream keeps. */
export type KeptQuestion = 'retrieve' | 'delete' | 'cancel' | 'input_items'

/** How a question is asked, below the id of what it is about. */
interface KeptRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly below: string
  /** What may stand in its query. Names of lists may end in `[]`. */
  readonly query: readonly string[]
}

/** https://platform.openai.com/docs/api-reference/responses */
export const keptQuestions: Readonly<Record<KeptQuestion, KeptRoute>> = {
  retrieve: { method: 'GET', below: '', query: ['include', 'include_obfuscation', 'starting_after', 'stream'] },
  delete: { method: 'DELETE', below: '', query: [] },
  cancel: { method: 'POST', below: '/cancel', query: [] },
  input_items: { method: 'GET', below: '/input_items', query: ['after', 'before', 'include', 'limit', 'order'] },
}

/**
 * What a caller asks of an answer, as it goes on.
 *
 * @throws SpekaError `unsupported_parameter` for what nothing would become of.
 */
export function keptQuery(question: KeptQuestion, query: URLSearchParams): URLSearchParams {
  const { query: known } = keptQuestions[question]
  for (const name of query.keys()) {
    if (known.includes(name.replace(/\[\d*\]$/, ''))) continue
    const param = name.slice(0, 100)
    const may = known.length === 0 ? 'There are none here.' : `There are: ${known.join(', ')}.`
    throw new SpekaError('unsupported_parameter', `There is no parameter "${param}". ${may}`, { param })
  }
  return query
}
