import { parseUsd } from '@speka/core'
import type * as Library from 'hyparquet-writer'
import type { ByteWriter, ParquetWriter, SchemaElement } from 'hyparquet-writer'
import { SettingsError } from '../config/settings.ts'
import { recordColumns, type ColumnKind, type RecordColumn, type RecordLine } from '../operations/export-records.ts'
import { UsageError, type Terminal } from './command.ts'

/** The version of hyparquet-writer that this was written for. */
const VERSION = '0.17'

/** How many records are in a row group, which is all that is held of them at a time. */
const GROUP_RECORDS = 20_000

/** Where records go, one after the other. */
export interface RecordSink {
  take(line: RecordLine): void
  /** Behind the last one. */
  end(): void
}

/** What tests do otherwise. */
export interface ParquetOptions {
  /** How many records are in a row group. @default 20,000 */
  readonly groupRecords?: number
  /** Loads the library. */
  readonly load?: () => Promise<typeof Library>
}

/**
 * Writes records as a file of Parquet, a row group at a time. Its library is not installed with the server, since few need it.
 *
 * @throws UsageError when somebody would see it on a terminal
 * @throws SettingsError when the library is not there, with the line that installs it
 */
export async function openParquet(
  terminal: Terminal,
  { groupRecords = GROUP_RECORDS, load = () => import('hyparquet-writer') }: ParquetOptions = {},
): Promise<RecordSink> {
  if (terminal.isTty)
    throw new UsageError('--format parquet is nothing to be read on a terminal. Write it to a file: > records.parquet')
  const { ByteWriter, ParquetWriter } = await load().catch((cause: unknown) => {
    throw new SettingsError(
      `--format parquet needs hyparquet-writer, which is not installed. Install it beside @speka/server: npm install hyparquet-writer@${VERSION}`,
      { cause },
    )
  })
  const written = new ByteWriter()
  const columns = recordColumns()
  const writer = new ParquetWriter({ writer: written, schema: schemaOf(columns), createdBy: 'Speka' })
  return new ParquetSink(terminal, columns, written, writer, groupRecords)
}

class ParquetSink implements RecordSink {
  readonly #terminal: Terminal
  readonly #columns: readonly RecordColumn[]
  readonly #written: ByteWriter
  readonly #writer: ParquetWriter
  readonly #groupRecords: number
  #group: RecordLine[] = []

  constructor(
    terminal: Terminal,
    columns: readonly RecordColumn[],
    written: ByteWriter,
    writer: ParquetWriter,
    groupRecords: number,
  ) {
    this.#terminal = terminal
    this.#columns = columns
    this.#written = written
    this.#writer = writer
    this.#groupRecords = groupRecords
  }

  take(line: RecordLine): void {
    this.#group.push(line)
    if (this.#group.length === this.#groupRecords) this.#writeGroup()
  }

  end(): void {
    if (this.#group.length > 0) this.#writeGroup()
    void this.#writer.finish()
    this.#handOver()
  }

  #writeGroup(): void {
    const group = this.#group
    this.#group = []
    const columnData = this.#columns.map(({ name, kind }) => {
      const { value } = kinds[kind]
      const data = group.map(({ [name]: told }) => (told === null || told === undefined ? null : value(told)))
      // A group is a page or two of a column: where they begin is no news to a reader.
      return { name, data, offsetIndex: false }
    })
    void this.#writer.write({ columnData, rowGroupSize: group.length })
    this.#handOver()
  }

  /** What is written is handed over at once, as a copy: the library writes on in the same memory. */
  #handOver(): void {
    this.#terminal.bytes(this.#written.getBytes().slice())
    this.#written.index = 0
  }
}

interface ParquetKind {
  readonly stored: Omit<SchemaElement, 'name'>
  /** The value as it is stored, of the one in a line. */
  readonly value: (told: string | number | boolean) => unknown
}

/** How Parquet stores each kind: https://parquet.apache.org/docs/file-format/types/logicaltypes/ */
const kinds: Readonly<Record<ColumnKind, ParquetKind>> = {
  text: { stored: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, value: (told) => told },
  moment: {
    stored: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
    value: (told) => BigInt(Date.parse(String(told))),
  },
  // Pico-dollars of 64 bits have up to 19 digits, which 9 bytes hold. A decimal of 8 would end at a million dollars.
  usd: {
    stored: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 9, converted_type: 'DECIMAL', precision: 21, scale: 12 },
    value: (told) => parseUsd(String(told)),
  },
  count: { stored: { type: 'INT64' }, value: (told) => BigInt(told) },
  number: { stored: { type: 'DOUBLE' }, value: (told) => told },
  flag: { stored: { type: 'BOOLEAN' }, value: (told) => told },
}

const schemaOf = (columns: readonly RecordColumn[]): SchemaElement[] => [
  { name: 'records', num_children: columns.length },
  ...columns.map(({ name, kind }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...kinds[kind].stored })),
]
