import { MOST_REFUSALS, REFUSALS_KEPT_MS, type KeptRefused, type Refusals, type Refused } from '../refusals.ts'
import type { StateParts } from './registry.ts'
import { statement, type Row, type Session } from './session.ts'

const TAKE_TURN = statement('SELECT FROM refusal_turn FOR UPDATE')
const COUNTED = `unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
  WITH ORDINALITY AS counted (minute, account, key_id, limit_id, subject, kind, "window", refused, place)`
const SAME =
  'refusal.minute = counted.minute AND refusal.key_id = counted.key_id AND refusal.limit_id = counted.limit_id'
/** What is there is added to; the rest gets the numbers behind the last. */
const COUNT = statement(`
  WITH added AS (
    UPDATE refusal SET refused = refusal.refused + counted.refused FROM ${COUNTED} WHERE ${SAME}
  )
  INSERT INTO refusal (n, minute, account, key_id, limit_id, subject, kind, "window", refused)
  SELECT (SELECT coalesce(max(n), 0) FROM refusal) + row_number() OVER (ORDER BY place),
    minute, account, key_id, limit_id, subject, kind, "window", refused
  FROM ${COUNTED} WHERE NOT EXISTS (SELECT FROM refusal WHERE ${SAME})`)
const FORGET_OLD = statement('DELETE FROM refusal WHERE minute < $1')
/** Each has the number after the one before, so that no counting is needed. */
const FORGET_MOST = statement('DELETE FROM refusal WHERE n <= (SELECT max(n) FROM refusal) - $1::bigint')
const LIST = statement(`
  SELECT * FROM refusal
  WHERE ($1::bigint IS NULL OR minute >= $1) AND ($2::bigint IS NULL OR n < $2) AND ($3::text IS NULL OR account = $3)
    AND ($4::text IS NULL OR key_id = $4) AND ($5::text IS NULL OR limit_id = $5)
  ORDER BY n DESC LIMIT $6::bigint`)
const BY_LIMIT = statement('SELECT limit_id, sum(refused) AS refused FROM refusal WHERE minute >= $1 GROUP BY limit_id')

/** Counts of what limits have refused, by all replicas. */
export const postgresRefusals = ({ database, ask }: StateParts): Refusals => ({
  count: (refused) =>
    ask(async () => {
      if (refused.length > 0) await database.transact((session) => count(session, addedUp(refused)))
    }),
  list: ({ since, after, account, keyId, limitId, limit } = {}) =>
    ask(async () => {
      const asked = [since, after, account, keyId, limitId, limit].map((value) => value ?? null)
      return (await database.run(LIST, asked)).rows.map(refusedOf)
    }),
  byLimit: (since) =>
    ask(async () => {
      const { rows } = await database.run(BY_LIMIT, [since])
      return new Map(rows.map((row) => [String(row['limit_id']), Number(row['refused'])]))
    }),
})

async function count(session: Session, refused: readonly Refused[]): Promise<void> {
  await session.run(TAKE_TURN)
  await session.run(COUNT, [
    refused.map(({ minute }) => minute),
    refused.map(({ account }) => account),
    refused.map(({ keyId }) => keyId),
    refused.map(({ limitId }) => limitId),
    refused.map(({ subject }) => subject),
    refused.map(({ kind }) => kind),
    refused.map(({ window }) => window),
    refused.map((each) => each.refused),
  ])
  const newest = Math.max(...refused.map(({ minute }) => minute))
  await session.run(FORGET_OLD, [newest - REFUSALS_KEPT_MS])
  await session.run(FORGET_MOST, [MOST_REFUSALS])
}

/** Those of one key, limit and minute as one, where the first of them was. */
function addedUp(refused: readonly Refused[]): readonly Refused[] {
  const sums = new Map<string, Refused>()
  for (const each of refused) {
    const name = JSON.stringify([each.minute, each.keyId, each.limitId])
    const before = sums.get(name)
    sums.set(name, before === undefined ? each : { ...before, refused: before.refused + each.refused })
  }
  return [...sums.values()]
}

const refusedOf = (row: Row): KeptRefused => ({
  n: Number(row['n']),
  minute: Number(row['minute']),
  account: String(row['account']),
  keyId: String(row['key_id']),
  limitId: String(row['limit_id']),
  subject: String(row['subject']),
  kind: String(row['kind']),
  window: String(row['window']),
  refused: Number(row['refused']),
})
