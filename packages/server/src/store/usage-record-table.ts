/** The tables of usage records, for the thread that holds the database: nothing here needs the engine. */

/** What a SQLite column holds. */
export type SqlValue = string | number | bigint | null

/**
 * A row on its way to the thread: its columns, as far as the main thread knows them, between tabs. One text crosses to another
 * thread for less work than a value for each column, and is what its checksum is taken of.
 */
export type RowText = string

/** The columns in a {@link RowText}, in their order. The last is JSON, in which no tab stands as it is. */
export const ROW_COLUMNS = ['id', 'created_at', 'account', 'key_id', 'charge_pico', 'record'] as const

/** What stands in a {@link RowText} for a column without a value. */
export const NO_VALUE = ''

/** A row as a statement gives it. */
export interface SqlRow {
  readonly [column: string]: SqlValue
}

/** Where a row stands: the owner that wrote it, and its number among that owner's rows, from 1. */
export interface RowPlace {
  readonly owner: number
  readonly n: number
}

/** A usage record as it lies in the ledger, whichever table it is in. */
export type StoredRow = RowWith<RecordRest>

/** The same with its record as it stands in the table, not read yet: one text crosses to another thread for less than what is in it. */
export type UnreadRow = RowWith<string>

interface RowWith<Rest> extends RowPlace {
  readonly id: string
  /** Arrival, in ms since the epoch. */
  readonly createdAt: number
  readonly account: string
  readonly keyId: string | undefined
  /** In pico-dollars; `undefined` when it cannot be known. */
  readonly charge: bigint | undefined
  /** Everything else of the record, flat, as `encodeRecord` wrote it: {@link RecordRest} says what. */
  readonly record: Rest
}

/** What of a usage record has no column of its own, as it stands in JSON. Counts stand under the names that usage has for them. */
export interface RecordRest {
  readonly endpoint: string
  readonly stream: boolean
  /** The billing month, `YYYY-MM` in UTC. Absent: the one of the arrival. */
  readonly period?: string
  readonly outcome: string
  readonly requestedModel: string
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly upstreamModel?: string
  readonly upstreamId?: string | undefined
  /** The id of the key's labels. Absent: none. */
  readonly labels?: number | undefined
  readonly customer?: string | undefined
  readonly session?: string | undefined
  readonly errorCode?: string
  readonly inputTokens?: number | undefined
  readonly cachedInputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly [field: string]: unknown
}
