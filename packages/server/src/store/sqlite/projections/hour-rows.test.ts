import { DatabaseSync } from 'node:sqlite'
import { hourRows, type HourRow } from './hour-rows.ts'
import { projectionTables } from './tables.ts'

/** Adds requests to an hour, as a batch does. */
function add(db: DatabaseSync, hour: number, model: number, requests: number): void {
  db.exec(`
    INSERT INTO usage_hour VALUES (${hour}, 1, 1, 0, ${model}, 1, ${requests}, 0, 0, 0, 0, 0, 0, 0)
      ON CONFLICT DO UPDATE SET requests = requests + excluded.requests;
    INSERT INTO hour_version VALUES (${hour}, 1) ON CONFLICT DO UPDATE SET version = version + 1`)
}

function newTables(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  db.exec(projectionTables(['inputTokens']))
  return db
}

const requestsOf = (hours: readonly (readonly HourRow[])[]) => hours.map((each) => each.map((row) => row.at(-1)))

test('an hour is read again only when it was added to', () => {
  const db = newTables()
  for (const hour of [1, 2, 3]) for (const model of [1, 2]) add(db, hour, model, hour)
  const rows = hourRows(db)
  const first = rows.read(1, 4, ['requests'])
  expect(requestsOf(first)).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ])
  add(db, 3, 2, 10)
  const second = rows.read(1, 4, ['requests'])
  expect(requestsOf(second)).toEqual([
    [1, 1],
    [2, 2],
    [3, 13],
  ])
  expect(second.map((hour, index) => hour === first[index])).toEqual([true, true, false])
  expect(rows.read(2, 3, ['requests'])).toEqual([first[1]])
  // What is read between two others that have changed stays what it is.
  add(db, 1, 1, 10)
  add(db, 3, 1, 10)
  const third = rows.read(1, 4, ['requests'])
  expect(requestsOf(third)).toEqual([
    [11, 1],
    [2, 2],
    [13, 13],
  ])
  expect(third[1]).toBe(first[1])
})

test('other sums are read anew, and hours that were emptied have none', () => {
  const db = newTables()
  add(db, 1, 1, 5)
  const rows = hourRows(db)
  expect(rows.read(1, 2, ['requests'])).toEqual([[[1, 1, 1, 0, 1, 1, 5]]])
  expect(rows.read(1, 2, ['requests', 'failed'])).toEqual([[[1, 1, 1, 0, 1, 1, 5, 0]]])
  db.exec('DELETE FROM usage_hour; UPDATE hour_version SET version = version + 1')
  expect(rows.read(1, 2, ['requests', 'failed'])).toEqual([[]])
})

test('more rows than are remembered are read all the same', () => {
  const db = newTables()
  db.exec(`
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 60_000)
    INSERT INTO usage_hour SELECT i / 100, 1, 1, 0, i % 100, 1, i, 0, 0, 0, 0, 0, 0, 0 FROM n;
    INSERT INTO hour_version SELECT DISTINCT hour, 1 FROM usage_hour`)
  const rows = hourRows(db)
  for (let time = 0; time < 2; time += 1) {
    expect(rows.read(0, 601, ['requests']).flat()).toHaveLength(60_001)
    expect(rows.read(600, 601, ['requests'])).toEqual([[[600, 1, 1, 0, 0, 1, 60_000]]])
  }
})
