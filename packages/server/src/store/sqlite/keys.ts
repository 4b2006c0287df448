import type { KeyRecord, KeyStore } from '../store.ts'
import type { SqlRow, SqlValue } from './usage-record-table.ts'
import type { SqliteThread } from './start-thread.ts'

/** Virtual keys in a table of their own. */
export const sqliteKeys = (thread: SqliteThread): KeyStore => ({
  insert: (key) => thread.ask('insertKey', encodeKey(key)),
  list: async () => (await thread.ask('listKeys')).map(decodeKey),
  async findByDigest(digest) {
    const row = await thread.ask('findKey', digest)
    return row === undefined ? undefined : decodeKey(row)
  },
  async revoke(id, at) {
    const row = await thread.ask('revokeKey', id, at)
    return row === undefined ? undefined : decodeKey(row)
  },
  version: () => thread.ask('keyVersion'),
})

/** In the order of the table's columns. */
const encodeKey = (key: KeyRecord): SqlValue[] => [
  key.id,
  key.name,
  key.mode,
  key.digest,
  key.plan,
  JSON.stringify(key.limits),
  key.createdAt,
  key.expiresAt ?? null,
  key.revokedAt ?? null,
]

const decodeKey = (row: SqlRow): KeyRecord => ({
  id: String(row['id']),
  name: String(row['name']),
  mode: row['mode'] === 'test' ? 'test' : 'live',
  digest: String(row['digest']),
  plan: String(row['plan']),
  limits: JSON.parse(String(row['limits'])),
  createdAt: Number(row['created_at']),
  ...(row['expires_at'] === null ? {} : { expiresAt: Number(row['expires_at']) }),
  ...(row['revoked_at'] === null ? {} : { revokedAt: Number(row['revoked_at']) }),
})
