import { DatabaseSync } from 'node:sqlite'
import { migrate, migrations } from './migrations.ts'

describe('migrations', () => {
  test('take an empty database to the newest version, once', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db)
    migrate(db)
    expect(versionOf(db)).toBe(migrations.length)
    const tables = [
      'audit',
      'budget',
      'invoice',
      'key_use',
      'label_set',
      'lease',
      'ledger',
      'owner',
      'registry',
      'usage_record',
    ]
    expect(tablesOf(db)).toEqual(tables)
  })

  test('take only the steps not taken before', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db, ['CREATE TABLE a (x)'])
    migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)'])
    expect(tablesOf(db)).toEqual(['a', 'b'])
    expect(versionOf(db)).toBe(2)
  })

  test('leave nothing behind when one of them fails', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db, ['CREATE TABLE a (x)'])
    const failing = ['CREATE TABLE a (x)', 'CREATE TABLE b (x)', 'CREATE TABLE a (x)']
    expect(() => migrate(db, failing)).toThrow('already exists')
    expect(tablesOf(db)).toEqual(['a'])
    expect(versionOf(db)).toBe(1)
    expect(db.isTransaction).toBe(false)
  })
})

const versionOf = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.['user_version']

const tablesOf = (db: DatabaseSync) =>
  db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .all()
    .map(({ name }) => name)
