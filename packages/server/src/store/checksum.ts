import { crc32 } from 'node:zlib'
import { ROW_COLUMNS, NO_VALUE, type RowText } from './usage-record-table.ts'

/**
 * The checksum of a row. It tells a row that was changed by accident or by hand from one that is as it was written; whoever
 * means to deceive can compute it anew.
 */
export const checksumOf = (text: RowText): number => crc32(text)

/** A row of the table `usage_record`, read with its integers as `bigint` or as their digits, as the text it was made of. */
export const rowText = (row: Readonly<Record<string, unknown>>): RowText =>
  ROW_COLUMNS.map((column) => String(row[column] ?? NO_VALUE)).join('\t')
