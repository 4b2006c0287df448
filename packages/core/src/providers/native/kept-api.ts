import { keptQuestions } from '../../wire/kept-question.ts'
import type { KeptApi } from '../provider.ts'

/** As OpenAI has it, below the place where responses are made. */
export const keptBelow = (path: string): KeptApi => ({
  request(question, id, query) {
    const { method, below } = keptQuestions[question]
    const accept = new URLSearchParams(query).get('stream') === 'true' ? 'text/event-stream' : 'application/json'
    return {
      method,
      path: `${path}/${encodeURIComponent(id)}${below}${query === '' ? '' : `?${query}`}`,
      headers: { accept, 'accept-encoding': 'identity' },
    }
  },
})
