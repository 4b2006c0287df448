import type { DatabaseSync } from 'node:sqlite'
import type { ResponseStore } from '../../responses.ts'

/** What each version of the file adds to the one before. */
export const responseMigrations = [
  `
  CREATE TABLE response (
    id      TEXT    NOT NULL PRIMARY KEY, -- of the request that made it
    account TEXT    NOT NULL,
    until   INTEGER NOT NULL, -- ms since the epoch
    sealed  BLOB    NOT NULL
  ) STRICT;
  CREATE INDEX response_by_end ON response (until);
  `,
] as const

/** What the thread of responses is asked: the members of {@link ResponseStore}, answered at once. */
export type ResponseQuestions = {
  readonly [Name in keyof ResponseStore]: (
    ...args: Parameters<ResponseStore[Name]>
  ) => Awaited<ReturnType<ResponseStore[Name]>>
}

export function responseQuestions(db: DatabaseSync): ResponseQuestions {
  const keep = db.prepare('INSERT OR REPLACE INTO response (id, account, until, sealed) VALUES (?, ?, ?, ?)')
  const find = db.prepare('SELECT sealed FROM response WHERE id = ? AND account = ? AND until > ?')
  const drop = db.prepare('DELETE FROM response WHERE id = ? AND account = ?')
  const dropEnded = db.prepare(
    'DELETE FROM response WHERE id IN (SELECT id FROM response WHERE until <= ? ORDER BY until LIMIT ?)',
  )
  return {
    keep({ id, account, until, sealed }) {
      keep.run(id, account, until, sealed)
    },
    find(id, account, now) {
      const sealed = find.get(id, account, now)?.['sealed']
      return sealed instanceof Uint8Array ? sealed : undefined
    },
    delete: (id, account) => drop.run(id, account).changes > 0,
    deleteEnded: (now, most) => Number(dropEnded.run(now, most).changes),
  }
}
