import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyRecord, somebody } from '../../__fixtures__/records.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import { encodeWrite } from '../../registry-row.ts'
import { encodeRecord } from '../../usage-row.ts'
import type { RowText } from '../../usage-record-table.ts'
import { openDatabase } from './open-database.ts'
import { sqliteDatabase } from './database.ts'

const newPath = () => join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')

const rows = (count: number): RowText[] => Array.from({ length: count }, () => encodeRecord(usageRecord()))

test('a batch is kept when its log is on the disk, and SQLite itself does not wait for that', () => {
  const path = newPath()
  const db = openDatabase(path)
  expect(sqliteDatabase(db, path).settle(rows(3))).toEqual([])
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 })
  db.close()
})

describe('a log that cannot be brought to the disk', () => {
  test.each([1, 2])('has none of %i records counted as kept', (count) => {
    const { database } = openBroken()
    expect(database.settle(rows(count))).toHaveLength(count)
  })

  test('has a new key refused', () => {
    const { database } = openBroken()
    const write = encodeWrite({ kind: 'key', after: keyRecord() })
    expect(() => database.changeRecords([write], somebody)).toThrow('ENOENT')
  })

  test('is never trusted again, whatever the system says later', () => {
    const { database, path } = openBroken()
    const values = rows(2)
    expect(database.settle(values)).toHaveLength(2)
    writeFileSync(`${path}-wal`, '')
    expect(database.settle(values)).toHaveLength(2)
  })
})

/** A database whose log is not where it is looked for. */
function openBroken() {
  const path = newPath()
  return { path, database: sqliteDatabase(openDatabase(newPath()), path) }
}
