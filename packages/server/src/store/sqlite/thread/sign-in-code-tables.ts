import type { DatabaseSync } from 'node:sqlite'
import { COUNTED_MS, MOST_CODE_TRIES, type SignInCodes } from '../../sign-in-codes.ts'
import { atOnceIn } from './at-once.ts'

/** What each version of the file adds to the one before. */
export const signInCodeMigrations = [
  `
  CREATE TABLE code (
    n       INTEGER PRIMARY KEY,
    address TEXT    NOT NULL, -- a digest
    code    TEXT    NOT NULL, -- a digest
    until   INTEGER NOT NULL, -- ms since the epoch
    tries   INTEGER NOT NULL  -- wrong ones
  ) STRICT;
  CREATE INDEX code_by_address ON code (address);
  CREATE INDEX code_by_end ON code (until);
  CREATE TABLE asked (
    n  INTEGER PRIMARY KEY,
    of TEXT    NOT NULL, -- a digest of whom it counts for
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX asked_by_whom ON asked (of, at);
  CREATE INDEX asked_by_time ON asked (at);
  `,
] as const

/** What the thread of codes is asked: the members of {@link SignInCodes}, answered at once. */
export type SignInCodeQuestions = {
  readonly [Name in keyof SignInCodes]: (
    ...args: Parameters<SignInCodes[Name]>
  ) => Awaited<ReturnType<SignInCodes[Name]>>
}

export function signInCodeQuestions(db: DatabaseSync): SignInCodeQuestions {
  const forgetCodes = db.prepare('DELETE FROM code WHERE until <= ?')
  const forgetAsked = db.prepare('DELETE FROM asked WHERE at <= ?')
  // The one that has to be over for another to have room, where there are as many.
  const inTheWay = db.prepare('SELECT at FROM asked WHERE of = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?')
  const count = db.prepare('INSERT INTO asked (of, at) VALUES (?, ?)')
  const uncount = db.prepare('DELETE FROM asked WHERE n = (SELECT max(n) FROM asked WHERE of = ? AND at = ?)')
  const insert = db.prepare('INSERT INTO code (address, code, until, tries) VALUES (?, ?, ?, 0)')
  const live = db.prepare('SELECT code FROM code WHERE address = ? AND until > ? AND tries < ?')
  const useUp = db.prepare('DELETE FROM code WHERE address = ?')
  const note = db.prepare('UPDATE code SET tries = tries + 1 WHERE address = ? AND until > ? AND tries < ?')
  const atOnce = atOnceIn(db)

  return {
    keep: ({ address, code, counters, now, until }) =>
      atOnce(() => {
        forgetCodes.run(now)
        forgetAsked.run(now - COUNTED_MS)
        for (const [full, { of, most }] of counters.entries()) {
          const row = inTheWay.get(of, now - COUNTED_MS, most - 1)
          if (row !== undefined) return { isKept: false, full, until: Number(row['at']) + COUNTED_MS }
        }
        for (const { of } of counters) count.run(of, now)
        insert.run(address, code, until)
        return { isKept: true }
      }),

    countTry: ({ of, most, withinMs, now }) =>
      atOnce(() => {
        forgetAsked.run(now - COUNTED_MS)
        const row = inTheWay.get(of, now - withinMs, most - 1)
        if (row !== undefined) return Number(row['at']) + withinMs
        count.run(of, now)
        return undefined
      }),

    forgiveTry: (of, at) =>
      atOnce(() => {
        uncount.run(of, at)
      }),

    try: ({ address, code, now, isUsedUp }) =>
      atOnce(() => {
        const codes = live.all(address, now, MOST_CODE_TRIES)
        if (codes.length === 0) return 'none'
        if (codes.some((row) => row['code'] === code)) {
          if (isUsedUp) useUp.run(address)
          return 'right'
        }
        note.run(address, now, MOST_CODE_TRIES)
        return 'wrong'
      }),
  }
}
