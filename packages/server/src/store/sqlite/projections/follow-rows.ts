import type { DatabaseSync } from 'node:sqlite'
import { owners, rowsAfter, type Owner } from '../thread/read-rows.ts'
import { waitForLock } from '../thread/wait-for-lock.ts'
import type { Folding } from '../../store.ts'
import type { StoredRow } from '../../usage-record-table.ts'
import { Batch, numbersOf } from '../../projections/batch.ts'
import { readToAdd } from '../../projections/read-to-add.ts'
import { requestIndexes } from './request-indexes.ts'
import type { FileTextNumbers } from './text-numbers.ts'
import { batchWriter } from './write-batch.ts'

/** Rows of one step: some tenth of a second, which is what a question waits for at most, and another process. */
const ROWS_OF_A_STEP = 10_000

/** Rows that are in memory at once: few enough to die young. */
const ROWS_AT_ONCE = 500

/** Of so many rows an index is made sooner at the end, all at once, than row by row. */
const MANY_ROWS = 50_000

/** How long to wait for another process that folds rows, in ms. */
const LOCK_WAIT_MS = 5000

/** Brings the ledger's rows into the projections, in the order of each owner. */
export interface RowFollower {
  /**
   * Folds the next rows. Rows and the place up to which they reach are written together or not at all, and the place is read
   * under the lock: whoever else does the same goes on where this ends.
   */
  step(): Step
  /** How far it is. */
  look(): Folding
}

export interface Step extends Folding {
  /** Whether all is there that questions need. */
  readonly isDone: boolean
}

export interface FollowOptions {
  readonly ledger: DatabaseSync
  readonly projections: DatabaseSync
  readonly texts: FileTextNumbers
  /** The names of the units' counts. */
  readonly counts: readonly string[]
  /** Only rows up to here, by owner. Default: all there are. */
  readonly upTo?: ReadonlyMap<number, number> | undefined
}

export function followRows({ ledger, projections, texts, counts, upTo }: FollowOptions): RowFollower {
  const writer = batchWriter(projections, counts)
  const indexes = requestIndexes(projections)
  const whenUnlocked = waitForLock(LOCK_WAIT_MS)
  const begin = projections.prepare('BEGIN IMMEDIATE')
  const commit = projections.prepare('COMMIT')
  const selectPlaces = projections.prepare('SELECT owner, n, id FROM place')
  const putPlace = projections.prepare('INSERT OR REPLACE INTO place VALUES (?, ?, ?)')
  /** Until it has been seen that the places are of this ledger. */
  let known = false

  const places = (): Map<number, Place> =>
    new Map(selectPlaces.all().map((row) => [Number(row['owner']), { n: Number(row['n']), id: String(row['id']) }]))

  const lastOf = ({ id, lastN }: Owner): number => (upTo === undefined ? lastN : (upTo.get(id) ?? 0))

  function look(): { all: readonly Owner[]; at: Map<number, Place>; folding: Folding } {
    const at = places()
    const all = owners(ledger)
    const total = all.reduce((sum, owner) => sum + lastOf(owner), 0)
    const folded = [...at.values()].reduce((sum, { n }) => sum + n, 0)
    return { all, at, folding: { folded, total } }
  }

  /** Whether the places are those of another ledger: then so is everything else in here. */
  function isOfAnother(all: readonly Owner[], at: ReadonlyMap<number, Place>): boolean {
    const last = new Map(all.map(({ id, lastN }) => [id, lastN]))
    return [...at].some(([owner, { n, id }]) => n > (last.get(owner) ?? 0) || (!known && !isAt(owner, n, id)))
  }

  const isAt = (owner: number, n: number, id: string): boolean => {
    const [row] = rowsAfter(ledger, { owner, n: n - 1 }, 1)
    return row?.n === n && row.id === id
  }

  function fold(all: readonly Owner[], at: ReadonlyMap<number, Place>): number {
    const batch = new Batch(counts)
    let room = ROWS_OF_A_STEP
    for (const { id: owner, ...rest } of all) {
      const from = at.get(owner)?.n ?? 0
      const until = Math.min(from + room, lastOf({ id: owner, ...rest }))
      let last: StoredRow | undefined
      for (let n = from; n < until; n = last.n) {
        const rows = rowsAfter(ledger, { owner, n }, Math.min(ROWS_AT_ONCE, until - n), readToAdd)
        const end = rows.at(-1)
        if (end === undefined) break
        for (const row of rows) add(batch, row)
        last = end
      }
      if (last === undefined) continue
      putPlace.run(owner, last.n, last.id)
      room -= last.n - from
      if (room <= 0) break
    }
    writer.write(batch)
    return ROWS_OF_A_STEP - room
  }

  function add(batch: Batch, row: StoredRow): void {
    const numbers = numbersOf(row, texts)
    batch.add(row, numbers)
    batch.priced.add(row, numbers, texts)
    writer.index(batch, row, numbers)
  }

  return {
    look: () => look().folding,
    step() {
      // Without the lock first: most often there is nothing to do.
      const before = look()
      const isAll = before.folding.folded === before.folding.total
      if (known && isAll && indexes.missing().length === 0) return { ...before.folding, isDone: true }
      whenUnlocked(() => begin.run())
      try {
        const { all, at, folding } = look()
        const another = isOfAnother(all, at)
        if (another) empty(projections)
        const before = another ? 0 : folding.folded
        if (before === 0 && folding.total > MANY_ROWS) indexes.drop()
        const added = fold(all, another ? new Map() : at)
        const folded = before + added
        // Rows that somebody has removed by hand never come, and are not waited for: a look at every row names them.
        const total = added === 0 ? folded : folding.total
        // One a step, since others wait for each.
        const isDone = folded >= total && indexes.makeNext()
        commit.run()
        known = true
        return { total, folded, isDone }
      } catch (error) {
        texts.forget()
        if (projections.isTransaction) projections.exec('ROLLBACK')
        throw error
      }
    },
  }
}

interface Place {
  readonly n: number
  readonly id: string
}

const TABLES = [
  'place',
  'usage_hour',
  'usage_hour_times',
  'usage_fault',
  'usage_customer_day',
  'usage_price',
  'request_index',
  'used_sum',
]

/** Takes everything out, for all of it to be folded again. */
export function takeAllOut(projections: DatabaseSync): void {
  waitForLock(LOCK_WAIT_MS)(() => projections.exec('BEGIN IMMEDIATE'))
  try {
    empty(projections)
    projections.exec('COMMIT')
  } catch (error) {
    if (projections.isTransaction) projections.exec('ROLLBACK')
    throw error
  }
}

/** Texts keep their numbers, and hours go on with their versions: other processes remember both. */
function empty(projections: DatabaseSync): void {
  for (const table of TABLES) projections.exec(`DELETE FROM ${table}`)
  projections.exec('UPDATE hour_version SET version = version + 1')
}
