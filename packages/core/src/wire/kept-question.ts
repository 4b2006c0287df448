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
