import { createHmac, randomInt } from 'node:crypto'

const DIGITS = 6

/** A code that nobody can guess in as many tries as there are. */
export const mintCode = (): string => String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')

/** What is kept in place of what it is about; of different things, or for different ends, it is never the same. */
const digest = (pepper: Buffer, use: string, ...parts: readonly string[]): string =>
  createHmac('sha256', pepper)
    .update([`sign-in ${use}`, ...parts].join('\0'))
    .digest('hex')

export const addressDigest = (pepper: Buffer, address: string): string =>
  digest(pepper, 'address', address.toLowerCase())

/** With its address: the code of one is no code of another. */
export const codeDigest = (pepper: Buffer, address: string, code: string): string =>
  digest(pepper, 'code', address.toLowerCase(), code)

export const mailboxDigest = (pepper: Buffer, mailbox: string): string => digest(pepper, 'mailbox', mailbox)

export const clientDigest = (pepper: Buffer, client: string): string => digest(pepper, 'client', client)

/** With what it was made for, and for whom: an answer for another end finds none. */
export const challengeDigest = (pepper: Buffer, use: string, boundTo: string, challenge: string): string =>
  digest(pepper, 'passkey', use, boundTo, challenge)
