import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageRecord } from './__fixtures__/usage-record.ts'
import { encodeRecord } from './ledger-row.ts'
import type { SqlValue } from './ledger-row.ts'
import { openDatabase } from './open-database.ts'
import { sqliteDatabase } from './sqlite-database.ts'

const newPath = () => join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')

function rows(count: number): SqlValue[] {
  const values: SqlValue[] = []
  for (let row = 0; row < count; row += 1) encodeRecord(usageRecord(), values)
  return values
}

test('a batch is kept when its log is on the disk, and SQLite itself does not wait for that', () => {
  const path = newPath()
  const db = openDatabase(path)
  expect(sqliteDatabase(db, path).settle(rows(3))).toEqual([])
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 })
  db.close()
})

test('a batch whose log cannot be brought to the disk is not counted as kept', () => {
  const db = openDatabase(newPath())
  const failures = sqliteDatabase(db, '/nowhere/speka.db').settle(rows(2))
  expect(failures).toMatchObject([{ index: 0 }, { index: 1 }])
  db.close()
})
