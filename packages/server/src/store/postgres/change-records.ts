import { SpekaError } from '@speka/core'
import { chained, type AuditEntry } from '../audit.ts'
import type { ChangeBy } from '../registry.ts'
import type { RegistryRow, RegistryWrite } from '../registry-row.ts'
import { REGISTRY_CHANGES } from '../../notices/channels.ts'
import { isKeptWhole } from './kept-whole.ts'
import { nameOfChannel } from './notices.ts'
import { Refusal } from './postgres-failure.ts'
import { REGISTRY_COLUMNS, registryRow } from './registry-rows.ts'
import { statement, type Session } from './session.ts'

/** Taken by each change before it looks at anything, so that what it sees stays as it is until it is done. */
export const LOCK_REGISTRY = statement('SELECT version FROM registry_version FOR UPDATE')

/** Whoever listens hears of it when the change is committed, and not before. */
const NOTE_VERSION = statement(`
  WITH noted AS (UPDATE registry_version SET version = $1 RETURNING version)
  SELECT pg_notify('${nameOfChannel(REGISTRY_CHANGES)}', version::text) FROM noted`)
const LAST_ENTRY = statement('SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1')
const BEFORE = statement(`SELECT ${REGISTRY_COLUMNS} FROM registry WHERE kind = $1 AND id = $2`)
const INSERT = statement(`
  INSERT INTO registry (kind, id, account, lookup, labels, revision, version, created_at, body)
  VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8) RETURNING ${REGISTRY_COLUMNS}`)
const UPDATE = statement(`
  UPDATE registry SET lookup = $3, labels = $4, revision = revision + 1, version = $5, body = $6
  WHERE kind = $1 AND id = $2 RETURNING ${REGISTRY_COLUMNS}`)
const AUDIT = statement('INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)')

/** Only one change at a time gives labels their ids, so that the same labels have one. */
const INTERN = statement(`
  WITH there AS (SELECT id FROM label_set WHERE md5(labels) = md5($1) AND labels = $1), made AS (
    INSERT INTO label_set (labels) SELECT $1 WHERE NOT EXISTS (SELECT FROM there) RETURNING id
  )
  SELECT id FROM there UNION ALL SELECT id FROM made`)

/** Writes all or none, each with its entry in the audit. Within a transaction. @throws Refusal `conflict` */
export async function changeRecords(
  session: Session,
  writes: readonly RegistryWrite[],
  by: ChangeBy,
): Promise<RegistryRow[]> {
  if (writes.length === 0) return []
  for (const write of writes) demandKeptWhole(write, by)
  const version = Number((await session.run(LOCK_REGISTRY)).rows[0]?.['version']) + 1
  let last = await lastEntry(session)
  const written: RegistryRow[] = []
  for (const write of writes) {
    const { before, after } = await writeRecord(session, write, version)
    const { kind, id: object, account, body } = write
    const entry = chained({ ...by, kind, object, account, version, before, after: body }, last)
    await addEntry(session, entry)
    last = entry
    written.push(after)
  }
  await session.run(NOTE_VERSION, [version])
  return written
}

async function writeRecord(
  session: Session,
  { kind, id, account, lookup, labels, createdAt, body, expected }: RegistryWrite,
  version: number,
): Promise<{ before: string | null; after: RegistryRow }> {
  const set = labels === null ? 0 : Number((await session.run(INTERN, [labels])).rows[0]?.['id'])
  if (expected === 0) {
    const { rows } = await session.run(INSERT, [kind, id, account, lookup, set, version, createdAt, body])
    return { before: null, after: registryRow(rows[0] ?? {}) }
  }
  const [there] = (await session.run(BEFORE, [kind, id])).rows.map(registryRow)
  if (there?.revision !== expected) throw new Refusal('conflict', `${kind} ${id} has another revision`)
  const { rows } = await session.run(UPDATE, [kind, id, lookup, set, version, body])
  return { before: there.body, after: registryRow(rows[0] ?? {}) }
}

/** What the next entry follows. */
async function lastEntry(session: Session): Promise<Pick<AuditEntry, 'n' | 'hash'> | undefined> {
  const [row] = (await session.run(LAST_ENTRY)).rows
  return row === undefined ? undefined : { n: Number(row['n']), hash: String(row['hash']) }
}

async function addEntry(session: Session, entry: AuditEntry): Promise<void> {
  const { n, at, actor, action, kind, object, account, version, before, after, previous, hash } = entry
  const values = [n, at, actor, action, kind, object, account, version, before, after, previous, hash]
  await session.run(AUDIT, values)
}

/** An entry's hash is taken of what is written, and has to fit what is read. What stands in JSON is escaped there. */
function demandKeptWhole({ kind, id, account, lookup }: RegistryWrite, { actor, action }: ChangeBy): void {
  if ([id, account, lookup ?? '', actor, action].every(isKeptWhole)) return
  throw new SpekaError(
    'invalid_value',
    `The id, the account or the address of a new ${kind} has a character that cannot be kept (U+0000, or half of a pair).`,
  )
}
