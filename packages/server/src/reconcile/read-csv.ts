import type { PicoUsd } from '@speka/core'
import { readAmount, readCount, readMoment } from './amounts.ts'
import { columnsOf, type CsvColumns } from './csv-columns.ts'
import type { ColumnRole } from './csv-layouts.ts'
import { CsvReader, type CsvRecord } from './csv-reader.ts'
import { exportError, shortened } from './export-error.ts'
import type { ExportLine, ExportOptions, ExportPart } from './export-line.ts'

/** Reads an export that is a CSV, piece by piece. */
export async function* readCsv(pieces: AsyncIterable<string>, options: ExportOptions): AsyncGenerator<ExportPart> {
  const reader = new CsvReader()
  const lines = new CsvLines(options)
  for await (const piece of pieces) yield* lines.read(reader.push(piece))
  yield* lines.read(reader.end())
  lines.end()
}

class CsvLines {
  readonly #options: ExportOptions
  #columns: CsvColumns | undefined
  #width = 0

  constructor(options: ExportOptions) {
    this.#options = options
  }

  *read(records: readonly CsvRecord[]): Generator<ExportPart> {
    const lines: ExportLine[] = []
    for (const record of records) {
      if (this.#columns === undefined) {
        this.#columns = columnsOf(record.cells, this.#options)
        this.#width = record.cells.length
        continue
      }
      const line = this.#lineOf(record, this.#columns)
      if (line !== undefined) lines.push(line)
    }
    if (lines.length > 0 && this.#columns !== undefined) yield { kind: this.#columns.kind, lines }
  }

  end(): void {
    if (this.#columns === undefined) throw exportError('The file is empty.')
  }

  #lineOf({ line, cells, isOpen }: CsvRecord, columns: CsvColumns): ExportLine | undefined {
    if (cells.length < this.#width && isOpen)
      throw exportError(`The file ends in the middle of line ${line}: it was cut. Export it again.`)
    if (cells.length < this.#width || cells.slice(this.#width).some((cell) => cell !== ''))
      throw exportError(`Line ${line} has ${cells.length} cells, and the header ${this.#width}.`)
    const cell = (role: ColumnRole): string => textIn(cells, columns.at[role])
    demandDollars(cell('currency'), line)
    const input = tokensIn(cells, columns.input, line)
    const output = counted(cell('output_tokens'), 'output_tokens', line)
    const requests = counted(cell('requests'), 'requests', line)
    const cost = paid(cell('cost_usd'), line)
    const id = cell('id')
    // Days on which nothing was used are lines too, of which only the days are told.
    if (id === '' && input === undefined && output === undefined && cost === undefined && requests === undefined)
      return undefined
    const model = columns.modelOf?.(cell('model')) ?? cell('model')
    return {
      line,
      id: columns.kind.hasIds ? id : undefined,
      from: momentIn(cell('time'), line),
      until: momentIn(textIn(cells, columns.until), line),
      model: model === '' ? undefined : model,
      requests,
      input,
      output,
      cost,
      raw: columns.kind.hasIds ? '' : cells.join('\t'),
    }
  }
}

const textIn = (cells: readonly string[], at: number | undefined): string =>
  at === undefined ? '' : (cells[at] ?? '').trim()

/** @throws SpekaError `invalid_request` for a currency that amounts are not kept in. */
export function demandDollars(currency: string, line: number): void {
  if (currency === '' || currency.toUpperCase() === 'USD') return
  throw exportError(
    `Line ${line} is in ${shortened(currency)}. The ledger is in US dollars, and nothing is converted: export in USD.`,
  )
}

function tokensIn(cells: readonly string[], columns: readonly number[], line: number): number | undefined {
  let sum: number | undefined
  for (const column of columns) {
    const count = counted(textIn(cells, column), 'input_tokens', line)
    if (count !== undefined) sum = (sum ?? 0) + count
  }
  return sum
}

function counted(text: string, role: ColumnRole, line: number): number | undefined {
  if (text === '') return undefined
  const count = readCount(text)
  if (count === undefined)
    throw exportError(`Line ${line} has ${shortened(text)} as ${role}, which is no whole number.`)
  return count
}

function paid(text: string, line: number): PicoUsd | undefined {
  if (text === '') return undefined
  const cost = readAmount(text)
  if (cost === undefined)
    throw exportError(
      `Line ${line} has ${shortened(text)} as cost, which is no amount of US dollars such as 0.0125 (a point, and no commas).`,
    )
  return cost
}

function momentIn(text: string, line: number): number | undefined {
  if (text === '') return undefined
  const at = readMoment(text)
  if (at === undefined)
    throw exportError(`Line ${line} has ${shortened(text)} as time, which is no moment such as 2026-11-22T09:00:00Z.`)
  return at
}
