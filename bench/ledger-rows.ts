// `node bench/ledger-rows.ts [--rounds N]`: what a row costs in each layout that a ledger in SQLite might have, beside the one of before.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { median } from './measure/statistics.ts'

const BATCH = 64
const ROWS_A_ROUND = 6400
const PLACE = 2 ** 40

interface Row {
  readonly id: string
  readonly at: number
  readonly key: string
  readonly upstreamId: string
  readonly record: string
}

/** A way to lay rows out: its tables, and the values of a row for its columns. */
interface Layout {
  readonly name: string
  readonly pageBytes?: number
  readonly schema: string
  readonly columns: number
  readonly values: (row: Row, n: number) => SQLInputValue[]
}

const COLUMNS = `id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, account TEXT NOT NULL, key_id TEXT,
  charge_pico INTEGER, checksum INTEGER NOT NULL, record TEXT NOT NULL`
const BY_PLACE = `CREATE TABLE r (place INTEGER PRIMARY KEY, ${COLUMNS}) STRICT`
const BY_NUMBER = `CREATE TABLE r (owner INTEGER NOT NULL, n INTEGER NOT NULL, ${COLUMNS}, UNIQUE (owner, n)) STRICT`

const common = ({ id, at, key, record }: Row): SQLInputValue[] => [id, at, 'default', key, 698_000_000, 1, record]

const layouts: readonly [Layout, ...Layout[]] = [
  {
    name: 'before: eleven columns, index by key',
    schema: `
      CREATE TABLE r (id TEXT NOT NULL PRIMARY KEY, key_id TEXT, created_at INTEGER NOT NULL, upstream_id TEXT, model TEXT,
        outcome TEXT NOT NULL, i INTEGER, c INTEGER, o INTEGER, charge_pico INTEGER, details TEXT NOT NULL) STRICT;
      CREATE INDEX by_key ON r (key_id, created_at, upstream_id)`,
    columns: 11,
    values: ({ id, at, key, upstreamId, record }) => [
      id,
      key,
      at,
      upstreamId,
      'acme/fast',
      'complete',
      1200,
      1000,
      340,
      698_000_000,
      record,
    ],
  },
  { name: 'rowid, owner and n', schema: BY_NUMBER, columns: 9, values: (row, n) => [1, n, ...common(row)] },
  {
    name: 'without rowid',
    schema: `${BY_NUMBER.replace('UNIQUE, created', 'PRIMARY KEY, created')}, WITHOUT ROWID`,
    columns: 9,
    values: (row, n) => [1, n, ...common(row)],
  },
  { name: 'place', schema: BY_PLACE, columns: 8, values: (row, n) => [PLACE + n, ...common(row)] },
  {
    name: 'place, 8 KiB',
    pageBytes: 8192,
    schema: BY_PLACE,
    columns: 8,
    values: (row, n) => [PLACE + n, ...common(row)],
  },
  {
    name: 'place, 8 KiB, shorter record',
    pageBytes: 8192,
    schema: BY_PLACE,
    columns: 8,
    values: (row, n) => [PLACE + n, ...common({ ...row, record: row.record.slice(0, 470) })],
  },
]

/** A layout at work: takes batches, and says what they cost in CPU µs a row. */
class Trial {
  readonly folder = mkdtempSync(join(tmpdir(), 'speka-rows-'))
  readonly #path = join(this.folder, 'rows.sqlite')
  readonly #db = new DatabaseSync(this.#path)
  readonly #layout: Layout
  #made = 0

  constructor(layout: Layout) {
    this.#layout = layout
    this.#db.exec(
      `PRAGMA page_size = ${layout.pageBytes ?? 4096}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`,
    )
    this.#db.exec(layout.schema)
  }

  run(rows: number): number {
    const places = `(${Array.from({ length: this.#layout.columns }, () => '?').join(', ')})`
    const insert = this.#db.prepare(
      `INSERT INTO r VALUES ${Array.from({ length: 16 }, () => places).join(', ')} ON CONFLICT (id) DO NOTHING`,
    )
    let used = 0
    for (let done = 0; done < rows; done += BATCH) {
      const statements = Array.from({ length: BATCH / 16 }, () =>
        Array.from({ length: 16 }, () => this.#layout.values(rowAt((this.#made += 1)), this.#made)).flat(),
      )
      const before = process.cpuUsage()
      this.#db.exec('BEGIN IMMEDIATE')
      for (const values of statements) insert.run(...values)
      this.#db.exec('COMMIT')
      const { user, system } = process.cpuUsage(before)
      used += user + system
    }
    return used / rows
  }

  /** @returns the bytes a row takes in the file. */
  close(): number {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#db.close()
    const bytes = statSync(this.#path).size / this.#made
    rmSync(this.folder, { recursive: true })
    return bytes
  }
}

function rowAt(n: number): Row {
  const at = 1_760_000_000_000 + n
  const noise = Math.random().toString(16).slice(2, 14).padEnd(12, '0')
  const time = at.toString(16).padStart(12, '0')
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${noise.slice(0, 3)}-a${noise.slice(3, 6)}-${noise}`
  return { id, at, key: `key_${n % 7}`, upstreamId: `chatcmpl-${noise}`, record: `{"of":"${'x'.repeat(590)}"}` }
}

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } })
const trials = layouts.map((layout) => ({ name: layout.name, trial: new Trial(layout), costs: [] as number[] }))
for (const { trial } of trials) trial.run(ROWS_A_ROUND * 3)
for (let round = 0; round < Number(options.rounds); round += 1)
  for (const { trial, costs } of trials) costs.push(trial.run(ROWS_A_ROUND))
const [first] = trials
for (const { name, trial, costs } of trials) {
  const ratio = median(costs.map((cost, round) => cost / (first?.costs[round] ?? cost)))
  console.log(
    `${name.padEnd(40)} ${ratio.toFixed(2)} of before  ${median(costs).toFixed(2)} µs  ${Math.round(trial.close())} bytes`,
  )
}
