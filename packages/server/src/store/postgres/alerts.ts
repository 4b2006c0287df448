import {
  KEPT_MS,
  type Alert,
  type AlertKind,
  type Alerts,
  type DeliveryStanding,
  type DeliveryState,
} from '../alerts.ts'
import type { StateParts } from './registry.ts'
import { statement, type Row } from './session.ts'

const DAY_MS = 86_400_000

const INSERT = statement(`
  INSERT INTO alert (id, kind, at, account, body, occasion, keep_until) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT DO NOTHING`)
const INSERT_DELIVERIES = statement(`
  INSERT INTO delivery (alert, endpoint, place, host, state, attempts, next_at)
  SELECT $1, endpoint, place, host, 'waiting', 0, $4
  FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS told (endpoint, host, place)`)
const END = statement('UPDATE alert SET occasion = NULL, keep_until = $2 WHERE occasion = $1')
const OCCASIONS = statement('SELECT occasion FROM alert WHERE occasion IS NOT NULL AND kind = ANY ($1) ORDER BY n')
const LIST = statement(`
  SELECT * FROM alert
  WHERE ($1::bigint IS NULL OR at >= $1) AND ($2::bigint IS NULL OR n < $2) AND ($3::text IS NULL OR account = $3)
  ORDER BY n DESC LIMIT $4::bigint`)
const DELIVERIES = statement('SELECT * FROM delivery WHERE alert = ANY ($1) ORDER BY alert, place')

/** What another one takes at this moment is left to it. */
const CLAIM = statement(`
  WITH due AS (
    SELECT delivery.alert, delivery.endpoint FROM delivery JOIN alert ON alert.id = delivery.alert
    WHERE delivery.state = 'waiting' AND next_at <= $1 AND endpoint = ANY ($2)
    ORDER BY alert.n LIMIT $4 FOR UPDATE OF delivery SKIP LOCKED
  ), taken AS (
    UPDATE delivery SET attempts = attempts + 1, next_at = $3
    FROM due WHERE delivery.alert = due.alert AND delivery.endpoint = due.endpoint
    RETURNING delivery.alert, delivery.endpoint, delivery.attempts, delivery.place
  )
  SELECT taken.endpoint, taken.attempts, alert.* FROM taken JOIN alert ON alert.id = taken.alert ORDER BY alert.n, taken.place`)
const SETTLE = statement(`
  UPDATE delivery SET state = $4, ended_at = $5, next_at = coalesce($6, next_at), trouble = coalesce($7, trouble)
  WHERE alert = $1 AND endpoint = $2 AND attempts = $3 AND state = 'waiting'`)
const LEAD = statement(`
  INSERT INTO lead (of, who, until) VALUES ($1, $2, $3)
  ON CONFLICT (of) DO UPDATE SET who = excluded.who, until = excluded.until
  WHERE lead.who = excluded.who OR lead.until <= $4`)
const FORGET = statement('DELETE FROM alert WHERE keep_until <= $1')
const GIVE_UP = statement(`
  UPDATE delivery SET state = 'failed', ended_at = $1, trouble = coalesce(trouble, 'nobody has sent it')
  WHERE state = 'waiting' AND next_at <= $2`)

/** Alerts, which all replicas share: each is sent by one of them. */
export const postgresAlerts = ({ database, ask }: StateParts): Alerts => ({
  raise: ({ id, kind, at, account, body, occasion, ends, keepUntil, endpoints }) =>
    ask(() =>
      database.transact(async (session) => {
        if (ends !== undefined && (await session.run(END, [ends, at + KEPT_MS])).count === 0) return false
        const values = [id, kind, at, account ?? null, body, occasion ?? null, keepUntil ?? null]
        if ((await session.run(INSERT, values)).count === 0) return false
        const [ids, hosts] = [endpoints.map((endpoint) => endpoint.id), endpoints.map(({ host }) => host)]
        await session.run(INSERT_DELIVERIES, [id, ids, hosts, at])
        return true
      }),
    ),
  end: (occasion, now) =>
    ask(async () => {
      await database.run(END, [occasion, now + KEPT_MS])
    }),
  occasions: (kinds) =>
    ask(async () => (await database.run(OCCASIONS, [kinds])).rows.map((row) => String(row['occasion']))),
  list: ({ since = null, after = null, account = null, limit = null } = {}) =>
    ask(async () => {
      const { rows } = await database.run(LIST, [since, after, account, limit])
      const ids = rows.map((row) => String(row['id']))
      const deliveries = Map.groupBy((await database.run(DELIVERIES, [ids])).rows, (row) => String(row['alert']))
      return rows.map((row) => {
        const alert = alertOf(row)
        return { n: Number(row['n']), ...alert, deliveries: (deliveries.get(alert.id) ?? []).map(standingOf) }
      })
    }),
  claim: ({ endpoints, now, until, most }) =>
    ask(async () =>
      (await database.run(CLAIM, [now, endpoints, until, most])).rows.map((row) => ({
        alert: alertOf(row),
        endpoint: String(row['endpoint']),
        attempt: Number(row['attempts']),
      })),
    ),
  settle: ({ id, endpoint, attempt }, outcome) =>
    ask(async () => {
      const endedAt = outcome.state === 'waiting' ? null : outcome.at
      const nextAt = outcome.state === 'waiting' ? outcome.nextAt : null
      const trouble = outcome.state === 'delivered' ? null : outcome.trouble
      await database.run(SETTLE, [id, endpoint, attempt, outcome.state, endedAt, nextAt, trouble])
    }),
  lead: ({ of, who, now, until }) => ask(async () => (await database.run(LEAD, [of, who, until, now])).count > 0),
  tidy: (now) =>
    ask(() =>
      database.transact(async (session) => {
        await session.run(FORGET, [now])
        await session.run(GIVE_UP, [now, now - DAY_MS])
      }),
    ),
})

const alertOf = (row: Row): Alert => ({
  id: String(row['id']),
  // Written by `raise`, with a kind of its own.
  kind: row['kind'] as AlertKind,
  at: Number(row['at']),
  account: row['account'] === null ? undefined : String(row['account']),
  body: String(row['body']),
})

const standingOf = (row: Row): DeliveryStanding => ({
  host: String(row['host']),
  state: row['state'] as DeliveryState,
  attempts: Number(row['attempts']),
  trouble: row['trouble'] === null ? undefined : String(row['trouble']),
  endedAt: row['ended_at'] === null ? undefined : Number(row['ended_at']),
})
