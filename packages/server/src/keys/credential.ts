import { SpekaError } from '@speka/core'

/** Far above any key: longer credentials are not worth a hash. */
const MOST_CHARACTERS = 1024

/** What a key is refused with by its looks alone. */
export const refusalByLooks = {
  foreign: 'This is not a Speka API key. Those begin with "sk-speka-live-" or "sk-speka-test-".',
  mistyped: 'This API key was mistyped or cut short: its checksum does not fit.',
  plausible: undefined,
} as const

/** The key in an `Authorization` header. @throws SpekaError `invalid_api_key` */
export function credentialIn(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw refused('No API key was sent. Send "Authorization: Bearer sk-speka-…".')
  }
  const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (key === undefined) throw refused('The Authorization header must be "Bearer" and one API key.')
  if (key.length > MOST_CHARACTERS) throw refused(refusalByLooks.foreign)
  return key
}

export const refused = (message: string): SpekaError => new SpekaError('invalid_api_key', message)
