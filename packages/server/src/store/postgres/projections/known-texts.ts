import { createHash } from 'node:crypto'
import type { Database } from '../database.ts'
import { statement, type Session } from '../session.ts'

/** Numbers that stand for texts, which all replicas share. */
export interface KnownTexts {
  /** The numbers of texts, which get one if they have none yet: outside of any transaction, so that nobody waits for one. */
  numbersOf(texts: readonly string[]): Promise<number[]>
  /** The numbers of those that have one. */
  find(session: ReadSession, texts: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What numbers stand for. */
  textsOf(session: ReadSession, numbers: Iterable<number>): Promise<ReadonlyMap<number, string>>
}

type ReadSession = Pick<Session, 'run'>

const FIND = statement('SELECT id, digest FROM known_text WHERE digest = ANY ($1)')
// In one order, whoever does it: else two could wait for each other.
const ADD = statement(`
  INSERT INTO known_text (digest, text) SELECT * FROM unnest($1::text[], $2::text[]) AS added (digest, text) ORDER BY digest
  ON CONFLICT DO NOTHING`)
const TEXTS = statement('SELECT id, text FROM known_text WHERE id = ANY ($1)')

/** How many texts are remembered: the most frequent come back at once when these are forgotten. */
const MOST_KNOWN = 50_000

export function knownTexts(database: Pick<Database, 'run'>): KnownTexts {
  const numbers = new Map<string, number>()
  const texts = new Map<number, string>()

  async function find(session: ReadSession, wanted: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    const asked = new Map<string, string>()
    for (const text of wanted) {
      const number = numbers.get(text)
      if (number === undefined) asked.set(digestOf(text), text)
      else found.set(text, number)
    }
    if (asked.size === 0) return found
    if (numbers.size >= MOST_KNOWN) numbers.clear()
    const { rows } = await session.run(FIND, [[...asked.keys()]])
    for (const { id, digest } of rows) {
      const text = asked.get(String(digest)) ?? ''
      found.set(text, Number(id))
      numbers.set(text, Number(id))
    }
    return found
  }

  return {
    find,
    async numbersOf(wanted) {
      let found = await find(database, wanted)
      const missing = [...new Set(wanted)].filter((text) => !found.has(text))
      if (missing.length > 0) {
        await database.run(ADD, [missing.map(digestOf), missing.map((text) => JSON.stringify(text))])
        found = await find(database, wanted)
      }
      return wanted.map((text) => {
        const number = found.get(text)
        if (number === undefined) throw new Error('a text that was added has no number')
        return number
      })
    },
    async textsOf(session, wanted) {
      const found = new Map<number, string>()
      const asked = new Set<number>()
      for (const number of wanted) {
        const text = texts.get(number)
        if (text !== undefined) found.set(number, text)
        else if (number !== 0) asked.add(number)
      }
      if (asked.size === 0) return found
      if (texts.size >= MOST_KNOWN) texts.clear()
      const { rows } = await session.run(TEXTS, [[...asked]])
      for (const { id, text } of rows) {
        const read = JSON.parse(String(text)) as string
        found.set(Number(id), read)
        texts.set(Number(id), read)
      }
      return found
    },
  }
}

/** Of its JSON, in which halves of pairs are told apart. */
const digestOf = (text: string): string => createHash('sha256').update(JSON.stringify(text)).digest('base64url')
