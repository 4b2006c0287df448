import type { IncomingHttpHeaders } from 'node:http'
import { refused } from './key-refusal.ts'

/**
 * What a caller shows, as an `Authorization` header says it: clients of Anthropic send the same in `x-api-key`.
 *
 * @throws SpekaError `invalid_api_key` when it sends both, and they differ.
 */
export function authorizationIn(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers
  const apiKey = headers['x-api-key']
  if (typeof apiKey !== 'string' || apiKey === '') return authorization
  const bearer = `Bearer ${apiKey}`
  if (authorization !== undefined && authorization !== '' && authorization.replace(/^bearer +/i, 'Bearer ') !== bearer)
    throw refused(
      'Two different keys were sent, one in "Authorization" and one in "x-api-key". Send one of them, or the same in both.',
    )
  return bearer
}
