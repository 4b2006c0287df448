import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { picoUsd, type PicoUsd } from '@speka/core'
import { loadSqlite } from '../files/load-sqlite.ts'
import type { Used } from './difference.ts'

/** Something that either side has. */
export interface ScratchItem extends Used {
  readonly side: 'export' | 'ledger'
  /** By what it is found again: the provider's id, or the number of the span of time. */
  readonly key: string | number
  readonly line?: number | undefined
  readonly request?: string | undefined
  readonly at: number | undefined
  readonly model: string | undefined
  readonly note?: string | undefined
  /** The line as it stands, where it is a sum. */
  readonly raw?: string | undefined
}

/** A sum over the items of one side. */
export interface ScratchSum extends Used {
  readonly side: 'export' | 'ledger'
  readonly key: number
  readonly model: string | undefined
  readonly line: number | undefined
  /** Items whose cost is not known, and so missing in `cost`. */
  readonly uncosted: number
}

/** What SQLite keeps of the file in memory, in KiB. */
const CACHE_KIB = 16 * 1024

/** How costs are summed up: whole dollars, and the pico-dollars beside them, both far below what 64 bits hold. */
const DOLLAR = 1_000_000_000_000

/**
 * Where both sides are put to be sorted: a SQLite file in the folder for temporary files, of this user alone, which is gone at
 * the end. However many there are, they take no memory.
 */
export class Scratch {
  readonly #folder = mkdtempSync(join(tmpdir(), 'speka-reconcile-'))
  readonly #db: DatabaseSync
  readonly #insert: StatementSync

  constructor() {
    this.#db = new (loadSqlite().DatabaseSync)(join(this.#folder, 'scratch.sqlite'))
    this.#db.exec(`
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = FILE;
      CREATE TABLE item (
        side INTEGER NOT NULL, key ANY NOT NULL, line INTEGER, request TEXT, at INTEGER, model TEXT, note TEXT, raw TEXT,
        requests INTEGER, input INTEGER, output INTEGER, cost INTEGER
      ) STRICT;
      BEGIN`)
    this.#insert = this.#db.prepare('INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  }

  add(item: ScratchItem): void {
    this.#insert.run(
      item.side === 'export' ? 0 : 1,
      item.key,
      item.line ?? null,
      item.request ?? null,
      item.at ?? null,
      item.model ?? null,
      item.note ?? null,
      item.raw === undefined ? null : hash('sha1', item.raw, 'base64'),
      item.requests ?? null,
      item.input ?? null,
      item.output ?? null,
      item.cost ?? null,
    )
  }

  /**
   * Everything, in the order of keys, and of each key in turn one of the export and one of the ledger, the cheapest first: so
   * what goes together stands together.
   *
   * @returns with each item its number among those of its key and side, from 1.
   */
  *inPairs(): Generator<ScratchItem & { readonly nth: number }> {
    const rows = this.#read(`
      SELECT side, key, line, request, at, model, note, requests, input, output, CAST(cost AS TEXT),
        row_number() OVER (PARTITION BY key, side ORDER BY cost, input, output, line) AS nth
      FROM item ORDER BY key, nth, side`)
    for (const row of rows) yield { ...itemIn(row), nth: Number(row[11]) }
  }

  /** Lines of the export that stand in it already, word for word. */
  *repeated(): Generator<ScratchItem> {
    const rows = this.#read(`
      SELECT side, key, line, request, at, model, note, requests, input, output, CAST(cost AS TEXT) FROM ${ONCE}
      WHERE nth > 1 ORDER BY line`)
    for (const row of rows) yield itemIn(row)
  }

  /** The sums by key and model, of each first the export's; what is repeated counts once. */
  *sums(): Generator<ScratchSum> {
    const rows = this.#read(`
      SELECT side, key, model, min(line), sum(requests), sum(input), sum(output), CAST(sum(cost / ${DOLLAR}) AS TEXT), CAST(sum(cost % ${DOLLAR}) AS TEXT),
        sum(cost IS NULL)
      FROM (
        SELECT side, key, model, line, requests, input, output, cost FROM ${ONCE} WHERE nth = 1
        UNION ALL SELECT side, key, model, line, requests, input, output, cost FROM item WHERE side = 1
      ) GROUP BY key, model, side ORDER BY key, model, side`)
    for (const [side, key, model, line, requests, input, output, dollars, pico, uncosted] of rows)
      yield {
        side: side === 0 ? 'export' : 'ledger',
        key: Number(key),
        model: textOf(model),
        line: numberOf(line),
        requests: numberOf(requests),
        input: numberOf(input),
        output: numberOf(output),
        cost: dollars === null ? undefined : picoUsd(BigInt(dollars ?? 0) * BigInt(DOLLAR) + BigInt(pico ?? 0)),
        uncosted: Number(uncosted),
      }
  }

  close(): void {
    this.#db.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #read(sql: string): Iterable<Row> {
    const statement = this.#db.prepare(sql)
    statement.setReturnArrays(true)
    return statement.iterate() as unknown as Iterable<Row>
  }
}

/** Lines of the export, with the number of each among those that are like it. */
const ONCE = '(SELECT *, row_number() OVER (PARTITION BY raw ORDER BY line, rowid) AS nth FROM item WHERE side = 0)'

type Row = readonly (string | number | null)[]

const itemIn = ([side, key, line, request, at, model, note, requests, input, output, cost]: Row): ScratchItem => ({
  side: side === 0 ? 'export' : 'ledger',
  key: key ?? '',
  line: numberOf(line),
  request: textOf(request),
  at: numberOf(at),
  model: textOf(model),
  note: textOf(note),
  requests: numberOf(requests),
  input: numberOf(input),
  output: numberOf(output),
  cost: amountOf(cost),
})

type Cell = Row[number] | undefined

const numberOf = (cell: Cell): number | undefined => (typeof cell === 'number' ? cell : undefined)
const textOf = (cell: Cell): string | undefined => (typeof cell === 'string' ? cell : undefined)
const amountOf = (cell: Cell): PicoUsd | undefined => (typeof cell === 'string' ? picoUsd(BigInt(cell)) : undefined)
