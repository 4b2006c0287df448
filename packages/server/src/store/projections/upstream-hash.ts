import { hashText } from './hash-text.ts'

/**
 * How many rows of an owner, one behind the other, have their ids in one part of the index: few enough for the part that is
 * written to stay in memory, and be written once for many rows. A look-up asks every part, which is some microseconds each.
 */
const ROWS_OF_A_PART = 2 ** 15

/** The first part, and what parts are apart: the numbers of a part are 32 bits of hash behind its own number. */
const PART = 2 ** 32

/** The last takes all the rest: the numbers of more would not be exact. */
const MOST_PARTS = 2 ** 20

/** What the index has for an upstream's id in the row with the number `n` of its owner. Never 0. */
export const upstreamHash = (id: string, n: number): number =>
  Math.min(1 + Math.floor(n / ROWS_OF_A_PART), MOST_PARTS) * PART + shortHash(id)

const shortHash = (id: string): number => hashText(id) % PART

/** All that an id may stand under in rows up to a number, which is that of the last row of any owner. */
export function hashesToAsk(id: string, n: number): number[] {
  const last = upstreamHash(id, n)
  return Array.from({ length: Math.floor(last / PART) }, (_, part) => last - part * PART)
}
