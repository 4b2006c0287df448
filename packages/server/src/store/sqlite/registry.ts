import { decodeLabels, decodeRow, decodeRowOf, encodeWrite, type RegistryRow } from '../registry-row.ts'
import type { AnyWrite, ChangeBy, Kept, Registry, RegistryKind, Writes, Written } from '../registry.ts'
import type { SqliteThread } from './start-thread.ts'

/** Everything that is managed, in one table. */
export const sqliteRegistry = (thread: SqliteThread): Registry => ({
  get: async (kind, id) => read(kind, await thread.ask('getRecord', kind, id)),
  findBy: async (kind, lookup) => read(kind, await thread.ask('findRecord', kind, lookup)),
  async list(kind, { account = null, after = null, limit = ALL } = {}) {
    const rows = await thread.ask('listRecords', kind, account, after, limit)
    return rows.map((row) => decodeRowOf(kind, row))
  },
  async membersOf(email) {
    const rows = await thread.ask('listMembers', email.toLowerCase())
    return rows.map((row) => decodeRowOf('member', row))
  },
  async change<const Kinds extends readonly RegistryKind[]>(writes: Writes<Kinds>, by: ChangeBy) {
    const rows = await thread.ask('changeRecords', (writes as readonly AnyWrite[]).map(encodeWrite), by)
    return rows.map((row) => decodeRow(row)) as unknown as Written<Kinds>
  },
  forgetSessions: (before) => thread.ask('forgetSessions', before),
  version: () => thread.ask('registryVersion'),
  async changedSince(known) {
    const { version, rows } = await thread.ask('changedRecords', known)
    return { version, changed: rows.map((row) => decodeRow(row)) }
  },
  async labelSet(id) {
    const text = await thread.ask('labelSet', id)
    return text === undefined ? undefined : decodeLabels(text)
  },
  noteUses: (uses) => thread.ask('noteKeyUses', uses),
  usesOf: (ids) => thread.ask('keyUses', ids),
})

/** As SQLite's `LIMIT` has it. */
const ALL = -1

const read = <K extends RegistryKind>(kind: K, row: RegistryRow | undefined): Kept<K> | undefined =>
  row === undefined ? undefined : decodeRowOf(kind, row)
