import type { RecordRest, StoredRow, UnreadRow } from './usage-record-table.ts'

/** Reads what another thread has found. */
export const readRow = (row: UnreadRow): StoredRow => ({ ...row, record: JSON.parse(row.record) as RecordRest })
