import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { formatUsd, type PicoUsd } from '@speka/core'

/** A file of records as somebody else's reader has it. */
export interface ParquetRead {
  /** How many records each row group has. */
  readonly groups: readonly number[]
  /** The records, in the words of a line of JSONL. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
}

/** Reads what `speka ledger export --format parquet` has written. */
export async function readParquet(bytes: Uint8Array): Promise<ParquetRead> {
  const file = new Uint8Array(bytes).buffer
  const metadata = parquetMetadata(file)
  const decimals = metadata.schema.filter(({ converted_type: type }) => type === 'DECIMAL')
  expect(decimals).toEqual([expect.objectContaining({ name: 'cost_usd', scale: 12 })])
  // This reader makes floating-point numbers of decimals, which are not exact: it is given the bytes.
  for (const decimal of decimals) delete decimal.converted_type
  const rows = await parquetReadObjects({ file, metadata, utf8: false })
  return { groups: metadata.row_groups.map(({ num_rows: rows }) => Number(rows)), lines: rows.map(lineOf) }
}

const lineOf = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, told(value)]))

function told(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return formatUsd(BigInt(`0x${Buffer.from(value).toString('hex')}`) as PicoUsd)
  return typeof value === 'bigint' ? Number(value) : value
}
