import { atOnceIn } from './at-once.ts'
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import {
  KEPT_MS,
  type Alert,
  type AlertKind,
  type Alerts,
  type DeliveryStanding,
  type DeliveryState,
  type KeptAlert,
} from '../../alerts.ts'
import { refusalQuestions, refusalSchema, type RefusalQuestions } from './refusal-tables.ts'

const alertSchema = `
  CREATE TABLE alert (
    n          INTEGER PRIMARY KEY, -- the order in which they were raised
    id         TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    account    TEXT, -- NULL: the operator's alone
    body       TEXT    NOT NULL,
    occasion   TEXT UNIQUE, -- NULL: it is over, or the alert is unlike any other
    keep_until INTEGER -- NULL: until its occasion is over
  ) STRICT;
  CREATE INDEX alert_by_account ON alert (account, n);
  CREATE INDEX alert_by_end ON alert (keep_until) WHERE keep_until IS NOT NULL;
  CREATE TABLE delivery (
    alert    TEXT    NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    endpoint TEXT    NOT NULL,
    host     TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    attempts INTEGER NOT NULL,
    trouble  TEXT, -- why the last attempt failed
    ended_at INTEGER,
    next_at  INTEGER NOT NULL, -- while an attempt is under way: when it is given up on
    PRIMARY KEY (alert, endpoint)
  ) STRICT;
  CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'waiting';
  CREATE TABLE lead (of TEXT NOT NULL PRIMARY KEY, who TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
`

/** What each version of the file adds to the one before. */
export const alertMigrations = [alertSchema, refusalSchema] as const

const DAY_MS = 86_400_000

/** What the thread of alerts is asked: the members of {@link Alerts}, answered at once, and about refusals. */
export type AlertQuestions = RefusalQuestions & {
  readonly [Name in keyof Alerts]: (...args: Parameters<Alerts[Name]>) => Awaited<ReturnType<Alerts[Name]>>
}

type Row = Record<string, SQLOutputValue>

export function alertQuestions(db: DatabaseSync): AlertQuestions {
  const insert = db.prepare(
    'INSERT OR IGNORE INTO alert (id, kind, at, account, body, occasion, keep_until) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const insertDelivery = db.prepare(
    "INSERT INTO delivery (alert, endpoint, host, state, attempts, next_at) VALUES (?, ?, ?, 'waiting', 0, ?)",
  )
  const end = db.prepare('UPDATE alert SET occasion = NULL, keep_until = ? WHERE occasion = ?')
  const occasions = db.prepare(
    'SELECT occasion FROM alert WHERE occasion IS NOT NULL AND kind IN (SELECT value FROM json_each(?)) ORDER BY n',
  )
  const ofAlert = db.prepare('SELECT * FROM delivery WHERE alert = ? ORDER BY rowid')
  const due = db.prepare(`
    SELECT delivery.endpoint, delivery.attempts, alert.* FROM delivery JOIN alert ON alert.id = delivery.alert
    WHERE delivery.state = 'waiting' AND next_at <= ? AND endpoint IN (SELECT value FROM json_each(?))
    ORDER BY alert.n LIMIT ?`)
  const take = db.prepare('UPDATE delivery SET attempts = ?, next_at = ? WHERE alert = ? AND endpoint = ?')
  const settle = db.prepare(`
    UPDATE delivery SET state = ?, ended_at = ?, next_at = ifnull(?, next_at), trouble = ifnull(?, trouble)
    WHERE alert = ? AND endpoint = ? AND attempts = ? AND state = 'waiting'`)
  const lead = db.prepare(`
    INSERT INTO lead (of, who, until) VALUES (?, ?, ?)
    ON CONFLICT (of) DO UPDATE SET who = excluded.who, until = excluded.until
    WHERE who = excluded.who OR until <= ?`)
  const forget = db.prepare('DELETE FROM alert WHERE keep_until <= ?')
  const giveUp = db.prepare(`
    UPDATE delivery SET state = 'failed', ended_at = ?, trouble = ifnull(trouble, 'nobody has sent it')
    WHERE state = 'waiting' AND next_at <= ?`)

  const atOnce = atOnceIn(db)

  return {
    ...refusalQuestions(db, atOnce),

    raise: ({ id, kind, at, account, body, occasion, ends, keepUntil, endpoints }) =>
      atOnce(() => {
        if (ends !== undefined && end.run(at + KEPT_MS, ends).changes === 0) return false
        const values = [id, kind, at, account ?? null, body, occasion ?? null, keepUntil ?? null]
        if (insert.run(...values).changes === 0) return false
        for (const endpoint of endpoints) insertDelivery.run(id, endpoint.id, endpoint.host, at)
        return true
      }),

    end: (occasion, now) => void end.run(now + KEPT_MS, occasion),

    occasions: (kinds) => occasions.all(JSON.stringify(kinds)).map(({ occasion }) => String(occasion)),

    list({ since, after, account, limit = -1 } = {}) {
      const conditions: string[] = []
      const values: SQLInputValue[] = []
      const only = (condition: string, value: SQLInputValue | undefined): void => {
        if (value === undefined) return
        conditions.push(condition)
        values.push(value)
      }
      only('at >= ?', since)
      only('n < ?', after)
      only('account = ?', account)
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
      const rows = db.prepare(`SELECT * FROM alert ${where} ORDER BY n DESC LIMIT ?`).all(...values, limit)
      return rows.map((row): KeptAlert => {
        const alert = alertOf(row)
        return { n: Number(row['n']), ...alert, deliveries: ofAlert.all(alert.id).map(standingOf) }
      })
    },

    claim({ endpoints, now, until, most }) {
      const find = (): Row[] => due.all(now, JSON.stringify(endpoints), most)
      // Nearly always nothing is due, and then nothing is locked.
      if (find().length === 0) return []
      return atOnce(() =>
        find().map((row) => {
          const alert = alertOf(row)
          const endpoint = String(row['endpoint'])
          const attempt = Number(row['attempts']) + 1
          take.run(attempt, until, alert.id, endpoint)
          return { alert, endpoint, attempt }
        }),
      )
    },

    settle({ id, endpoint, attempt }, outcome) {
      const endedAt = outcome.state === 'waiting' ? null : outcome.at
      const nextAt = outcome.state === 'waiting' ? outcome.nextAt : null
      const trouble = outcome.state === 'delivered' ? null : outcome.trouble
      settle.run(outcome.state, endedAt, nextAt, trouble, id, endpoint, attempt)
    },

    lead: ({ of, who, now, until }) => lead.run(of, who, until, now).changes > 0,

    tidy: (now) =>
      atOnce(() => {
        forget.run(now)
        giveUp.run(now, now - DAY_MS)
      }),
  }
}

const alertOf = (row: Row): Alert => ({
  id: String(row['id']),
  kind: String(row['kind']) as AlertKind,
  at: Number(row['at']),
  account: textOf(row['account']),
  body: String(row['body']),
})

const standingOf = (row: Row): DeliveryStanding => ({
  host: String(row['host']),
  state: String(row['state']) as DeliveryState,
  attempts: Number(row['attempts']),
  trouble: textOf(row['trouble']),
  endedAt: row['ended_at'] === null ? undefined : Number(row['ended_at']),
})

const textOf = (value: SQLOutputValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
