import createClient from 'openapi-fetch'
import { problemIn } from './problem.ts'
import type { paths } from './schema.ts'

/** Proves that a write comes from this page: `GET /api/v1/session` gives it, and each write by cookie shows it. */
let csrfToken: string | undefined

export const setCsrfToken = (token: string | undefined): void => {
  csrfToken = token
}

/** What a call of the management API says that is none of {@link api}'s: one whose answer is read as it comes. */
export const callHeaders = (): Record<string, string> => ({
  'content-type': 'application/json',
  ...(csrfToken === undefined ? {} : { 'x-speka-csrf': csrfToken }),
})

/**
 * Calls the management API as whoever is signed in. What fails is thrown as a `Problem`.
 *
 * @example
 * const { data } = await answerOf(api.GET('/api/v1/keys', { params: { query: { limit: 100 } } }))
 */
export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: 'same-origin',
  // Looked up at each call, so that what is put in its place is met.
  fetch: (request) => globalThis.fetch(request),
})

api.use({
  onRequest({ request }) {
    if (csrfToken !== undefined && request.method !== 'GET') request.headers.set('x-speka-csrf', csrfToken)
    return request
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemIn(response)
  },
})

/** The body of an answer. */
export async function answerOf<Body>(call: Promise<{ readonly data?: Body }>): Promise<NonNullable<Body>> {
  const { data } = await call
  if (data === undefined || data === null) throw new Error('The gateway answered without a body.')
  return data
}
