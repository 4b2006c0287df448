import type { DatabaseSync } from 'node:sqlite'
import type { RowFailure } from '../../storage-failure.ts'
import { failureOf } from '../sqlite-failure.ts'
import { insertRows, ROW_WIDTH, type SqlValue } from '../usage-record-table.ts'
import type { OwnerLife } from './owner-life.ts'

/** How many rows of a batch go into one statement, as long as there are so many left: a fourth less CPU for each. */
const ROWS_AT_ONCE = [16, 4, 1]

/** What a row may need at most, in bytes, when it is tried whether there is room for one. */
const LARGE_ROW = 64 * 1024

export interface SettleParts {
  readonly owner: OwnerLife
  readonly whenUnlocked: <T>(work: () => T) => T
  readonly sync: () => void
}

/** How rows get into the ledger. */
export interface RowSettler {
  /**
   * Commits a batch of encoded records in one transaction. When that fails, each row gets its own, so that one bad row
   * does not take the others with it.
   */
  settle(values: readonly SqlValue[]): RowFailure[]
  /** Taken back at once: whether a file that may not grow has room for a row can be asked only like this. */
  tryRow(): void
}

/**
 * Writes rows in the name of an owner. Each gets the number after its owner's last, read from the table in the same
 * transaction; what is there already gets none. So neither a batch that was sent twice nor one that was lost leaves a gap.
 */
export function settleRows(db: DatabaseSync, { owner, whenUnlocked, sync }: SettleParts): RowSettler {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const inserts = ROWS_AT_ONCE.map((rows) => ({ rows, insert: db.prepare(insertRows(rows)) }))
  // One statement is a transaction of its own.
  const insertNext = db.prepare(`
    INSERT INTO usage_record (owner, n, id, created_at, account, key_id, charge_pico, record)
    SELECT id, coalesce((SELECT max(n) FROM usage_record WHERE owner = owner.id), 0) + 1, ?, ?, ?, ?, ?, ?
    FROM owner WHERE id = ? AND state = 'alive'
    ON CONFLICT (id) DO NOTHING`)

  const rollBack = (): void => {
    // Some failures, a full disk among them, end the transaction by themselves.
    if (db.isTransaction) db.exec('ROLLBACK')
  }

  /** Inserts them all behind the owner's last. @returns whether none was there already. */
  function insertTogether(values: readonly SqlValue[]): boolean {
    const { id } = owner
    let n = owner.lastN()
    let at = 0
    for (const { rows, insert } of inserts) {
      for (; at + rows * ROW_WIDTH <= values.length; at += rows * ROW_WIDTH) {
        const given: SqlValue[] = []
        for (let row = 0; row < rows; row += 1) {
          n += 1
          given.push(id, n)
          for (let value = 0; value < ROW_WIDTH; value += 1) given.push(values[at + row * ROW_WIDTH + value] ?? null)
        }
        if (insert.run(...given).changes !== rows) return false
      }
    }
    return true
  }

  /** Inserts one after the other, so that what is there already takes no number. */
  function insertInTurn(values: readonly SqlValue[]): void {
    for (let at = 0; at < values.length; at += ROW_WIDTH) insertNext.run(...values.slice(at, at + ROW_WIDTH), owner.id)
  }

  function commitTogether(values: readonly SqlValue[]): void {
    whenUnlocked(() => begin.run())
    try {
      if (!insertTogether(values)) {
        rollBack()
        whenUnlocked(() => begin.run())
        owner.lastN()
        insertInTurn(values)
      }
      commit.run()
    } catch (error) {
      rollBack()
      throw error
    }
    sync()
  }

  function commitOne(row: readonly SqlValue[]): void {
    const { changes } = whenUnlocked(() => insertNext.run(...row, owner.id))
    // It is there already, or its owner is taken for ended, which this throws for.
    if (changes === 0) owner.lastN()
    sync()
  }

  function commitOneByOne(values: readonly SqlValue[]): RowFailure[] {
    const failures: RowFailure[] = []
    for (let index = 0; index * ROW_WIDTH < values.length; index += 1) {
      try {
        commitOne(values.slice(index * ROW_WIDTH, (index + 1) * ROW_WIDTH))
      } catch (error) {
        failures.push({ index, ...failureOf(error) })
      }
    }
    return failures
  }

  return {
    settle(values) {
      if (values.length === ROW_WIDTH) return commitOneByOne(values)
      try {
        commitTogether(values)
        return []
      } catch (error) {
        const failure = failureOf(error)
        // Row by row, each would wait for the lock in turn, or be refused for the same reason.
        if (failure.kind === 'locked' || failure.kind === 'fenced')
          return Array.from({ length: values.length / ROW_WIDTH }, (_, index) => ({ index, ...failure }))
        return commitOneByOne(values)
      }
    },
    tryRow() {
      whenUnlocked(() => begin.run())
      try {
        insertNext.run('', 0, '', null, null, ' '.repeat(LARGE_ROW), owner.id)
      } finally {
        rollBack()
      }
    },
  }
}
