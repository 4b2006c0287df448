import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A row, read by plain SQL: by nothing of the code that wrote it. */
export interface LedgerRow {
  readonly owner: number
  /** Its number among those of its owner. */
  readonly n: number
  readonly id: string
  /** The id of its key. */
  readonly key: string
  /** In pico-dollars; `null` when it is not known. */
  readonly charge: number | null
  readonly outcome: string
  readonly input: number | null
  readonly output: number | null
}

export interface OwnerRow {
  readonly id: number
  readonly pid: number
  readonly state: string
}

/** What the file says, at one moment. */
export interface LookedAt {
  readonly rows: readonly LedgerRow[]
  readonly owners: readonly OwnerRow[]
}

const ROWS_OF_ONE = 2 ** 40

/** @param data the data folder. */
export function lookAtLedger(data: string): LookedAt {
  const db = new DatabaseSync(join(data, 'speka.sqlite'), { readOnly: true })
  try {
    const rows = db.prepare(`
      SELECT place / ${ROWS_OF_ONE} AS owner, place % ${ROWS_OF_ONE} AS n, id, key_id AS key, charge_pico AS charge,
        record ->> 'outcome' AS outcome, record ->> 'inputTokens' AS input, record ->> 'outputTokens' AS output
      FROM usage_record ORDER BY place`)
    return {
      rows: rows.all() as unknown as LedgerRow[],
      owners: db.prepare('SELECT id, pid, state FROM owner').all() as unknown as OwnerRow[],
    }
  } finally {
    db.close()
  }
}
