import { hash } from 'node:crypto'

const BEGINNING = 'jwt_'

/** The id of who comes with tokens of an issuer: the same for each of his tokens, and made of what tells nothing about him. */
export const callerId = (issuer: string, subject: string, account: string): string =>
  BEGINNING + hash('sha256', JSON.stringify([issuer, subject, account])).slice(0, 32)

/** Whether an id is that of somebody who comes with tokens of an issuer, and not of a key. */
export const isCallerId = (id: string): boolean => id.startsWith(BEGINNING)
