import type { DatabaseSync } from 'node:sqlite'
import { chained } from '../../audit.ts'
import type { ChangeBy, KeyUse, RegistryKind } from '../../registry.ts'
import type { RegistryRow, RegistryWrite } from '../../registry-row.ts'
import { Refusal } from '../sqlite-failure.ts'
import { lastEntry } from './audit.ts'

/** What the thread does with the registry. Rows cross to the main thread as they are, and are read there. */
export interface RegistryDatabase {
  getRecord(kind: RegistryKind, id: string): RegistryRow | undefined
  findRecord(kind: RegistryKind, lookup: string): RegistryRow | undefined
  /** @param limit -1: all. */
  listRecords(kind: RegistryKind, account: string | null, after: string | null, limit: number): RegistryRow[]
  /** Members in any account, by their address in lower case. */
  listMembers(email: string): RegistryRow[]
  /** @throws Refusal `conflict` */
  changeRecords(writes: readonly RegistryWrite[], by: ChangeBy): RegistryRow[]
  forgetSessions(before: number): void
  registryVersion(): number
  changedRecords(since: number): { readonly version: number; readonly rows: RegistryRow[] }
  labelSet(id: number): string | undefined
  noteKeyUses(uses: readonly KeyUse[]): void
  keyUses(ids: readonly string[]): KeyUse[]
}

/** One thing after the other in a transaction that has the lock from its beginning. @throws What `work` throws; then nothing is changed. */
export type InTransaction = <T>(work: () => T) => T

const SELECT = `
  SELECT kind, id, account, lookup, labels, revision, version, created_at AS createdAt, body FROM registry`

/** In the order of an index, behind a record that is looked up by its id: no such record, nothing behind it. */
const page = (ofAccount: boolean, behind: boolean): string => `${SELECT}
  WHERE kind = ? ${ofAccount ? 'AND account = ?' : ''}
  ${behind ? 'AND (created_at, id) > (SELECT created_at, id FROM registry WHERE kind = ? AND id = ?)' : ''}
  ORDER BY created_at, id LIMIT ?`

/** Prepares the registry's statements on an open database. */
export function registryDatabase(db: DatabaseSync, inTransaction: InTransaction): RegistryDatabase {
  const byId = db.prepare(`${SELECT} WHERE kind = ? AND id = ?`)
  const byLookup = db.prepare(`${SELECT} WHERE kind = ? AND lookup = ?`)
  const pages = {
    all: db.prepare(page(false, false)),
    allBehind: db.prepare(page(false, true)),
    ofAccount: db.prepare(page(true, false)),
    ofAccountBehind: db.prepare(page(true, true)),
  }
  const membersByEmail = db.prepare(
    `${SELECT} WHERE kind = 'member' AND lower(json_extract(body, '$.email')) = ? ORDER BY created_at, id`,
  )
  const since = db.prepare(`${SELECT} WHERE version > ? ORDER BY version`)
  const newest = db.prepare('SELECT max(version) AS version FROM registry')
  const insert = db.prepare(`
    INSERT INTO registry (account, lookup, labels, revision, version, created_at, body, kind, id)
    VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)`)
  const update = db.prepare(`
    UPDATE registry SET lookup = ?, labels = ?, revision = revision + 1, version = ?, body = ? WHERE kind = ? AND id = ?`)
  // Never the newest of all records, by which the version is known; and some at a time, so that nobody waits long.
  const forget = db.prepare(`
    DELETE FROM registry WHERE kind = 'session' AND id IN (
      SELECT id FROM registry WHERE kind = 'session' AND created_at < ? AND version < (SELECT max(version) FROM registry)
      ORDER BY created_at LIMIT 1000)`)
  const keepLabels = db.prepare('INSERT INTO label_set (labels) VALUES (?) ON CONFLICT (labels) DO NOTHING')
  const labelsByText = db.prepare('SELECT id FROM label_set WHERE labels = ?')
  const labelsById = db.prepare('SELECT labels FROM label_set WHERE id = ?')
  const audit = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const noteUse = db.prepare(`
    INSERT INTO key_use (key_id, used_at) VALUES (?, ?)
    ON CONFLICT (key_id) DO UPDATE SET used_at = max(used_at, excluded.used_at)`)
  const useOf = db.prepare('SELECT key_id AS id, used_at AS at FROM key_use WHERE key_id = ?')
  const last = lastEntry(db)

  const record = (kind: RegistryKind, id: string) => byId.get(kind, id) as RegistryRow | undefined
  const version = (): number => Number(newest.get()?.['version'])

  function intern(labels: string | null): number {
    if (labels === null) return 0
    keepLabels.run(labels)
    return Number(labelsByText.get(labels)?.['id'])
  }

  function write(one: RegistryWrite, by: ChangeBy, version: number): void {
    const { kind, id, account, lookup, createdAt, body, expected } = one
    const there = record(kind, id)
    const labels = intern(one.labels)
    if (expected === 0) insert.run(account, lookup, labels, version, createdAt, body, kind, id)
    else if (there?.revision !== expected) throw new Refusal('conflict', `${kind} ${id} has another revision`)
    else update.run(lookup, labels, version, body, kind, id)
    const draft = { ...by, kind, object: id, account, version, before: there?.body ?? null, after: body }
    const entry = chained(draft, last())
    audit.run(
      entry.n,
      entry.at,
      entry.actor,
      entry.action,
      entry.kind,
      entry.object,
      entry.account,
      entry.version,
      entry.before,
      entry.after,
      entry.previous,
      entry.hash,
    )
  }

  return {
    getRecord: record,
    findRecord: (kind, lookup) => byLookup.get(kind, lookup) as RegistryRow | undefined,
    listRecords(kind, account, after, limit) {
      const behind = after === null ? [] : [kind, after]
      const rows =
        account === null
          ? pages[after === null ? 'all' : 'allBehind'].all(kind, ...behind, limit)
          : pages[after === null ? 'ofAccount' : 'ofAccountBehind'].all(kind, account, ...behind, limit)
      return rows as unknown as RegistryRow[]
    },
    listMembers: (email) => membersByEmail.all(email) as unknown as RegistryRow[],
    changeRecords(writes, by) {
      return inTransaction(() => {
        const next = version() + 1
        return writes.map((one) => {
          write(one, by, next)
          return record(one.kind, one.id) as RegistryRow
        })
      })
    },
    forgetSessions: (before) =>
      inTransaction(() => {
        forget.run(before)
      }),
    registryVersion: version,
    changedRecords(known) {
      const rows = since.all(known) as unknown as RegistryRow[]
      return { version: rows.at(-1)?.version ?? known, rows }
    },
    labelSet: (id) => labelsById.get(id)?.['labels'] as string | undefined,
    noteKeyUses: (uses) =>
      inTransaction(() => {
        for (const { id, at } of uses) noteUse.run(id, at)
      }),
    keyUses: (ids) => ids.flatMap((id) => (useOf.get(id) as KeyUse | undefined) ?? []),
  }
}
