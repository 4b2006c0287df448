import { decodeLabels, decodeRow, decodeRowOf, encodeWrite } from '../registry-row.ts'
import type { AnyWrite, ChangeBy, Kept, KeyUse, Registry, RegistryKind, Writes, Written } from '../registry.ts'
import type { Ask } from './ask.ts'
import { changeRecords, LOCK_REGISTRY } from './change-records.ts'
import type { Database } from './database.ts'
import { inTurn } from './in-turn.ts'
import { REGISTRY_COLUMNS, registryRow } from './registry-rows.ts'
import { statement, type Row } from './session.ts'

export interface StateParts {
  readonly database: Database
  readonly ask: Ask
}

const SELECT = `SELECT ${REGISTRY_COLUMNS} FROM registry`

const BY_ID = statement(`${SELECT} WHERE kind = $1 AND id = $2`)
const BY_LOOKUP = statement(`${SELECT} WHERE kind = $1 AND lookup = $2`)

/** In the order of an index, behind a record that is looked up by its id: no such record, nothing behind it. */
const page = (ofAccount: boolean, behind: boolean): string => `
  SELECT listed.* FROM ${behind ? '(SELECT created_at, id FROM registry WHERE kind = $1 AND id = $3)' : '(SELECT)'} AS place
  CROSS JOIN LATERAL (
    ${SELECT} WHERE kind = $1 AND ${ofAccount ? 'account = $4' : '$4::text IS NULL'}
      AND ${behind ? '(created_at, id) > (place.created_at, place.id)' : '$3::text IS NULL'}
    ORDER BY created_at, id LIMIT $2::bigint
  ) AS listed ORDER BY created_at, id`

const PAGE = statement(page(false, false))
const PAGE_BEHIND = statement(page(false, true))
const PAGE_OF_ACCOUNT = statement(page(true, false))
const PAGE_OF_ACCOUNT_BEHIND = statement(page(true, true))

/** A member's look-up is his account and his address in lower case, with a space between: `memberLookup`. */
const MEMBERS_BY_EMAIL = statement(`
  ${SELECT} WHERE kind = 'member' AND substr(lookup, length(account) + 2) = $1 ORDER BY created_at, id`)

const VERSION = statement('SELECT version FROM registry_version')
const SINCE = statement(`${SELECT} WHERE version > $1 ORDER BY version`)

/** Never the newest of all records, so that whoever asks what has changed since a version hears of the newest; and some at a time. */
const FORGET_SESSIONS = statement(`
  DELETE FROM registry WHERE kind = 'session' AND id IN (
    SELECT id FROM registry
    WHERE kind = 'session' AND created_at < $1 AND version < (SELECT version FROM registry_version)
    ORDER BY created_at LIMIT 1000)`)

const LABEL_SET = statement('SELECT labels FROM label_set WHERE id = $1')

/** In one order, whoever does it: else two could wait for each other. */
const NOTE_USES = statement(`
  INSERT INTO key_use (key_id, used_at)
  SELECT id, max(at) FROM unnest($1::text[], $2::bigint[]) AS used (id, at) GROUP BY id ORDER BY id
  ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at WHERE key_use.used_at < excluded.used_at`)
const USES = statement(`
  SELECT key_id, used_at FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, place) JOIN key_use ON key_id = id
  ORDER BY place`)

/** Everything that is managed, in one table. */
export function postgresRegistry({ database, ask }: StateParts): Registry {
  const oneAtATime = inTurn()

  return {
    get: (kind, id) => ask(async () => read(kind, (await database.run(BY_ID, [kind, id])).rows[0])),
    findBy: (kind, lookup) => ask(async () => read(kind, (await database.run(BY_LOOKUP, [kind, lookup])).rows[0])),
    list: (kind, { account, after, limit } = {}) =>
      ask(async () => {
        const values = [kind, limit ?? null, after ?? null, account ?? null]
        const { rows } = await database.run(pageOf(account !== undefined, after !== undefined), values)
        return rows.map((row) => decodeRowOf(kind, registryRow(row)))
      }),
    membersOf: (email) =>
      ask(async () => {
        const { rows } = await database.run(MEMBERS_BY_EMAIL, [email.toLowerCase()])
        return rows.map((row) => decodeRowOf('member', registryRow(row)))
      }),
    change: <const Kinds extends readonly RegistryKind[]>(writes: Writes<Kinds>, by: ChangeBy) =>
      ask(async () => {
        const encoded = (writes as readonly AnyWrite[]).map(encodeWrite)
        const rows = await oneAtATime(() => database.transact((session) => changeRecords(session, encoded, by)))
        return rows.map((row) => decodeRow(row)) as unknown as Written<Kinds>
      }),
    forgetSessions: (before) =>
      ask(() =>
        oneAtATime(() =>
          database.transact(async (session) => {
            await session.run(LOCK_REGISTRY)
            await session.run(FORGET_SESSIONS, [before])
          }),
        ),
      ),
    version: () => ask(async () => Number((await database.run(VERSION)).rows[0]?.['version'])),
    changedSince: (known) =>
      ask(async () => {
        const rows = (await database.run(SINCE, [known])).rows.map(registryRow)
        return { version: rows.at(-1)?.version ?? known, changed: rows.map((row) => decodeRow(row)) }
      }),
    labelSet: (id) =>
      ask(async () => {
        const [row] = (await database.run(LABEL_SET, [id])).rows
        return row === undefined ? undefined : decodeLabels(String(row['labels']))
      }),
    noteUses: (uses) =>
      ask(async () => {
        await database.run(NOTE_USES, [uses.map(({ id }) => id), uses.map(({ at }) => at)])
      }),
    usesOf: (ids) =>
      ask(async () =>
        (await database.run(USES, [ids])).rows.map((row): KeyUse => ({
          id: String(row['key_id']),
          at: Number(row['used_at']),
        })),
      ),
  }
}

function pageOf(ofAccount: boolean, behind: boolean) {
  if (ofAccount) return behind ? PAGE_OF_ACCOUNT_BEHIND : PAGE_OF_ACCOUNT
  return behind ? PAGE_BEHIND : PAGE
}

const read = <K extends RegistryKind>(kind: K, row: Row | undefined): Kept<K> | undefined =>
  row === undefined ? undefined : decodeRowOf(kind, registryRow(row))
