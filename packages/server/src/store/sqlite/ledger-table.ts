/** The ledger's table, for the thread that holds the database: nothing here needs the engine. */

/** What a SQLite column holds. */
export type SqlValue = string | number | bigint | null

/** How many values `encodeRecord` appends. */
export const ROW_WIDTH = 11

/** Inserts the values of so many `encodeRecord`s, in their order, but for ids that are there already. */
export const insertLedgerRows = (rows: number): string => `
  INSERT INTO ledger (
    id, key_id, created_at, upstream_id, model, outcome, input_tokens, cached_input_tokens, output_tokens, charge_pico, details
  ) VALUES ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}
  ON CONFLICT (id) DO NOTHING`

/** A row of the ledger as it is read, with its integers as `bigint`. */
export interface LedgerRow {
  readonly [column: string]: SqlValue
}
