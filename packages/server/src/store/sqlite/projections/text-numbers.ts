import type { DatabaseSync } from 'node:sqlite'
import type { TextNumbers } from '../../projections/text-numbers.ts'

/** How many texts are remembered: the most frequent come back at once when these are forgotten. */
const MOST_KNOWN = 50_000

/** No text at all, which is not the empty one. */
const NO_TEXT = 0

/** Kept in the projections' file. */
export interface FileTextNumbers extends TextNumbers {
  /** Within a transaction that writes. */
  numberOf(text: string | undefined): number
  /** The number of a text, if it has one. */
  find(text: string): number | undefined
  /** The numbers of all texts that begin with another, which is not empty. */
  findBeginning(beginning: string): number[]
  /** Forgets what a transaction that was taken back had given. */
  forget(): void
}

export function textNumbers(db: DatabaseSync): FileTextNumbers {
  const select = db.prepare('SELECT id FROM text WHERE text = ?')
  const insert = db.prepare('INSERT INTO text (text) VALUES (?)')
  // Every text that begins with another stands behind it, and before the last letter there is behind it, in order.
  const selectBeginning = db.prepare('SELECT id FROM text WHERE text >= ? AND text < ?')
  const selectText = db.prepare('SELECT text FROM text WHERE id = ?')
  const known = new Map<string, number>()
  const texts = new Map<number, string>()

  function find(text: string): number | undefined {
    const row = select.get(text)
    return row === undefined ? undefined : Number(row['id'])
  }

  return {
    numberOf(text) {
      if (text === undefined) return NO_TEXT
      let number = known.get(text)
      if (number === undefined) {
        number = find(text) ?? Number(insert.run(text).lastInsertRowid)
        if (known.size >= MOST_KNOWN) known.clear()
        known.set(text, number)
      }
      return number
    },
    find,
    findBeginning: (beginning) => selectBeginning.all(beginning, behindAll(beginning)).map(({ id }) => Number(id)),
    textOf(number) {
      if (number === NO_TEXT) return undefined
      let text = texts.get(number)
      if (text === undefined) {
        text = String(selectText.get(number)?.['text'])
        if (texts.size >= MOST_KNOWN) texts.clear()
        texts.set(number, text)
      }
      return text
    },
    forget: () => known.clear(),
  }
}

/** What comes right behind every text that begins so, as SQLite compares texts: by their bytes. */
const behindAll = (beginning: string): string =>
  beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1)
