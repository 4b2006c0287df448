import { z } from 'zod'
import { id } from '../operations/fields.ts'

/** What may be asked of the engine of `/v1` by who is signed in, and has no key to show. */
export interface PlaygroundRow {
  readonly path: string
  /** The path of `/v1` that answers it. */
  readonly answers: string
  /** Whether a key to ask with is made for who has not chosen one. */
  readonly makesKey: boolean
  readonly summary: string
}

/** As which key it is asked. */
export const playgroundInput = z.strictObject({
  /** Default: the one called "Playground" of whoever asks. */
  key_id: id.optional(),
  /** Of which account that one is. Default: one's own. */
  account: id.optional(),
})

export const playgroundRows: readonly PlaygroundRow[] = [
  {
    path: '/api/v1/playground/chat/completions',
    answers: '/v1/chat/completions',
    makesKey: true,
    summary: 'Ask a chat model as a key of the account, as at /v1/chat/completions.',
  },
  {
    path: '/api/v1/playground/images/generations',
    answers: '/v1/images/generations',
    makesKey: true,
    summary: 'Have an image made as a key of the account, as at /v1/images/generations.',
  },
  {
    path: '/api/v1/playground/embeddings',
    answers: '/v1/embeddings',
    makesKey: true,
    summary: 'Have texts embedded as a key of the account, as at /v1/embeddings.',
  },
  {
    path: '/api/v1/routing/explain',
    answers: '/v1/route/explain',
    makesKey: false,
    summary:
      'Explain where a request of a key would go and what it would cost, as at /v1/route/explain. Nothing is sent.',
  },
]
