import type { DatabaseSync } from 'node:sqlite'
import type { RowFailure } from '../../storage-failure.ts'
import { failureOf } from '../sqlite-failure.ts'
import { NO_VALUE, ROW_COLUMNS, type RowText, type SqlValue } from '../../usage-record-table.ts'
import { checksumOf } from '../../checksum.ts'
import type { OwnerLife } from './owner-life.ts'
import { LAST_PLACE, placeOf } from './place.ts'

/** How many rows of a batch go into one statement, as long as there are so many left: a fourth less CPU for each. */
const ROWS_AT_ONCE = [16, 4, 1]

const COLUMNS = 'place, id, created_at, account, key_id, charge_pico, checksum, record'

/** Inserts so many rows, in their order, but for ids that are there already. */
const insertRows = (rows: number): string => `
  INSERT INTO usage_record (${COLUMNS})
  VALUES ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}
  ON CONFLICT (id) DO NOTHING`

/** One statement, so that it is a transaction of its own: inserts a row behind the last of an owner that is alive. */
const INSERT_NEXT = `
  INSERT INTO usage_record (${COLUMNS})
  SELECT ${LAST_PLACE} + 1, ?, ?, ?, ?, ?, ?, ? FROM owner WHERE id = ? AND state = 'alive'
  ON CONFLICT (id) DO NOTHING`

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
  settle(rows: readonly RowText[]): RowFailure[]
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
  const insertNext = db.prepare(INSERT_NEXT)

  const rollBack = (): void => {
    // Some failures, a full disk among them, end the transaction by themselves.
    if (db.isTransaction) db.exec('ROLLBACK')
  }

  /** Inserts them all behind the owner's last. @returns whether none was there already. */
  function insertTogether(texts: readonly RowText[]): boolean {
    const { id } = owner
    let n = owner.lastN()
    let at = 0
    for (const { rows, insert } of inserts) {
      for (; at + rows <= texts.length; at += rows) {
        const values: SqlValue[] = []
        for (let row = at; row < at + rows; row += 1) {
          n += 1
          values.push(placeOf({ owner: id, n }))
          addColumns(texts[row] ?? '', values)
        }
        if (insert.run(...values).changes !== rows) return false
      }
    }
    return true
  }

  /** Inserts one behind the owner's last, unless it is there already. @returns whether it was not. */
  function insertOne(text: RowText): boolean {
    const values: SqlValue[] = []
    addColumns(text, values)
    return insertNext.run(...values, owner.id).changes === 1
  }

  function commitTogether(texts: readonly RowText[]): void {
    whenUnlocked(() => begin.run())
    try {
      if (!insertTogether(texts)) {
        rollBack()
        whenUnlocked(() => begin.run())
        owner.lastN()
        // One after the other, so that what is there already takes no number.
        for (const text of texts) insertOne(text)
      }
      commit.run()
    } catch (error) {
      rollBack()
      throw error
    }
    sync()
  }

  function commitOne(text: RowText): void {
    // It is there already, or its owner is taken for ended, which this throws for.
    if (!whenUnlocked(() => insertOne(text))) owner.lastN()
    sync()
  }

  function commitOneByOne(texts: readonly RowText[]): RowFailure[] {
    const failures: RowFailure[] = []
    for (const [index, text] of texts.entries()) {
      try {
        commitOne(text)
      } catch (error) {
        failures.push({ index, ...failureOf(error) })
      }
    }
    return failures
  }

  return {
    settle(texts) {
      if (texts.length === 1) return commitOneByOne(texts)
      try {
        commitTogether(texts)
        return []
      } catch (error) {
        const failure = failureOf(error)
        // Row by row, each would wait for the lock in turn, or be refused for the same reason.
        if (failure.kind === 'locked' || failure.kind === 'fenced')
          return texts.map((_, index) => ({ index, ...failure }))
        return commitOneByOne(texts)
      }
    },
    tryRow() {
      whenUnlocked(() => begin.run())
      try {
        insertNext.run('', 0, '', null, null, 0, ' '.repeat(LARGE_ROW), owner.id)
      } finally {
        rollBack()
      }
    },
  }
}

/** Appends the columns that a text holds, in the order of the table. What is a number stays text: a STRICT column takes no other. */
function addColumns(text: RowText, values: SqlValue[]): void {
  let from = 0
  for (let column = 1; column < ROW_COLUMNS.length; column += 1) {
    const to = text.indexOf('\t', from)
    const value = text.slice(from, to)
    values.push(value === NO_VALUE ? null : value)
    from = to + 1
  }
  values.push(checksumOf(text), text.slice(from))
}
