import { DatabaseSync } from 'node:sqlite'
import { defaultAccountRow } from '../../default-account.ts'
import { decodeRow } from '../../registry-row.ts'
import { migrate, migrations } from './migrations.ts'
import { registryDatabase } from './registry.ts'

const before = migrations.findIndex((step) => step.includes('CREATE TABLE registry'))

/** A database of the version before, with these keys in it. */
function oldDatabase(insert: string): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  migrate(db, migrations.slice(0, before))
  db.exec(insert)
  return db
}

const registryOf = (db: DatabaseSync) => registryDatabase(db, (work) => work())

test('keys that were made before are there as they were', () => {
  const db = oldDatabase(`
    INSERT INTO virtual_key VALUES ('key_a', 'O''Neill "x" 🐢', 'live', 'd1', 'none', '{"models":["acme/*"]}', 5, 99, NULL);
    INSERT INTO virtual_key VALUES ('key_b', 'b', 'test', 'd2', 'none', '{}', 4, NULL, 6)`)
  migrate(db)
  const common = { account: 'default', labels: 0 }
  expect(
    registryOf(db)
      .listRecords('key', null, null, -1)
      .map((row) => decodeRow(row)),
  ).toEqual([
    {
      kind: 'key',
      revision: 1,
      record: { ...common, id: 'key_b', name: 'b', mode: 'test', digest: 'd2', limits: {}, createdAt: 4, revokedAt: 6 },
    },
    {
      kind: 'key',
      revision: 1,
      record: {
        ...common,
        id: 'key_a',
        name: `O'Neill "x" 🐢`,
        mode: 'live',
        digest: 'd1',
        limits: { models: ['acme/*'] },
        createdAt: 5,
        expiresAt: 99,
      },
    },
  ])
  expect(registryOf(db).findRecord('key', 'd1')?.id).toBe('key_a')
})

test('the default account is there, as the seam has it', () => {
  const db = oldDatabase('')
  migrate(db)
  expect(registryOf(db).getRecord('account', 'default')).toEqual(defaultAccountRow)
})

test('an entry of the audit can be neither changed nor deleted', () => {
  const db = oldDatabase('')
  migrate(db)
  db.exec(`INSERT INTO audit VALUES (1, 1, 'a', 'b', 'c', 'd', 'e', 2, NULL, '{}', '', '')`)
  expect(() => db.exec(`UPDATE audit SET actor = 'x'`)).toThrow('append-only')
  expect(() => db.exec('DELETE FROM audit')).toThrow('append-only')
})
