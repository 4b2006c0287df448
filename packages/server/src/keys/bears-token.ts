import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether an `Authorization` header carries the token. Takes as long for a wrong one as for the right one. */
export function bearsToken(authorization: string | undefined, token: string): boolean {
  const given = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  return isToken(given ?? '', token) && given !== undefined
}

/** Whether what was given is the token. Takes as long for a wrong one as for the right one. */
export const isToken = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
