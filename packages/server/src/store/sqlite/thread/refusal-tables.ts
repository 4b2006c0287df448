import type { DatabaseSync } from 'node:sqlite'
import { MOST_REFUSALS, REFUSALS_KEPT_MS, type KeptRefused, type RefusalQuery, type Refused } from '../../refusals.ts'

export const refusalSchema = `
  CREATE TABLE refusal (
    n        INTEGER PRIMARY KEY, -- the order in which they were first counted
    minute   INTEGER NOT NULL,
    account  TEXT    NOT NULL,
    key_id   TEXT    NOT NULL,
    limit_id TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    "window" TEXT    NOT NULL,
    refused  INTEGER NOT NULL,
    UNIQUE (minute, key_id, limit_id)
  ) STRICT;
  CREATE INDEX refusal_by_account ON refusal (account, n);
`

/** What the thread of alerts is asked about refusals. */
export interface RefusalQuestions {
  countRefusals(refused: readonly Refused[]): void
  listRefusals(query?: RefusalQuery): KeptRefused[]
  refusalsByLimit(since: number): ReadonlyMap<string, number>
}

export function refusalQuestions(db: DatabaseSync, atOnce: <Result>(work: () => Result) => Result): RefusalQuestions {
  const count = db.prepare(`
    INSERT INTO refusal (minute, account, key_id, limit_id, subject, kind, "window", refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (minute, key_id, limit_id) DO UPDATE SET refused = refused + excluded.refused`)
  const forgetOld = db.prepare('DELETE FROM refusal WHERE minute < ?')
  // Each has the number after the one before, so that no counting is needed.
  const forgetMost = db.prepare('DELETE FROM refusal WHERE n <= (SELECT max(n) FROM refusal) - ?')
  const byLimit = db.prepare(
    'SELECT limit_id, sum(refused) AS refused FROM refusal WHERE minute >= ? GROUP BY limit_id',
  )

  return {
    countRefusals: (all) =>
      atOnce(() => {
        let newest = 0
        for (const { minute, account, keyId, limitId, subject, kind, window, refused } of all) {
          count.run(minute, account, keyId, limitId, subject, kind, window, refused)
          newest = Math.max(newest, minute)
        }
        forgetOld.run(newest - REFUSALS_KEPT_MS)
        forgetMost.run(MOST_REFUSALS)
      }),

    listRefusals({ since, after, account, keyId, limitId, limit = -1 } = {}) {
      const asked = [
        ['minute >= ?', since],
        ['n < ?', after],
        ['account = ?', account],
        ['key_id = ?', keyId],
        ['limit_id = ?', limitId],
      ] as const
      const conditions = asked.flatMap(([condition, value]) => (value === undefined ? [] : [{ condition, value }]))
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ condition }) => condition).join(' AND ')}`
      return db
        .prepare(`SELECT * FROM refusal ${where} ORDER BY n DESC LIMIT ?`)
        .all(...conditions.map(({ value }) => value), limit)
        .map((row) => ({
          n: Number(row['n']),
          minute: Number(row['minute']),
          account: String(row['account']),
          keyId: String(row['key_id']),
          limitId: String(row['limit_id']),
          subject: String(row['subject']),
          kind: String(row['kind']),
          window: String(row['window']),
          refused: Number(row['refused']),
        }))
    },

    refusalsByLimit: (since) =>
      new Map(byLimit.all(since).map((row) => [String(row['limit_id']), Number(row['refused'])])),
  }
}
