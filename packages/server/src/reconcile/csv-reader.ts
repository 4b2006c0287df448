import { exportError } from './export-error.ts'

/** One record of a file of comma-separated values. */
export interface CsvRecord {
  /** The line of the file that it begins on, from 1. */
  readonly line: number
  readonly cells: readonly string[]
  /** Whether the file ended before its line did: then the last cell may be cut. */
  readonly isOpen: boolean
}

/** What cells can be kept apart by. */
const DELIMITERS = [',', ';', '\t'] as const

/** How long a record may be, in UTF-16 code units: a quote that is never closed would take in the rest of the file. */
const LONGEST_RECORD = 1024 * 1024

/**
 * Reads comma-separated values piece by piece, as RFC 4180 has them: cells in quotes, doubled quotes in these, lines that end
 * with CRLF or LF. Which delimiter is used, the first line tells. Empty lines are passed over.
 *
 * @throws SpekaError `invalid_request` that names the line.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export class CsvReader {
  #rest = ''
  #line = 1
  #delimiter: string | undefined

  /** The records that are whole with this piece. */
  push(text: string): CsvRecord[] {
    return this.#read(this.#rest + text, false)
  }

  /** What is left at the end of the file: at most one record. */
  end(): CsvRecord[] {
    return this.#read(this.#rest, true)
  }

  #read(text: string, isEnd: boolean): CsvRecord[] {
    const records: CsvRecord[] = []
    let at = 0
    for (;;) {
      const newline = text.indexOf('\n', at)
      if (newline === -1 && !isEnd) break
      const isOpen = newline === -1
      const end = isOpen ? text.length : newline
      if (isOpen && at >= end) break
      const line = withoutReturn(text, at, end)
      this.#delimiter ??= delimiterOf(line)
      if (!line.includes('"')) {
        if (line !== '') records.push({ line: this.#line, cells: line.split(this.#delimiter), isOpen })
        this.#line += 1
        at = end + 1
        continue
      }
      const quoted = quotedRecord(text, at, this.#delimiter, this.#line, isEnd)
      if (quoted === undefined) break
      records.push({ line: this.#line, cells: quoted.cells, isOpen: quoted.isOpen })
      this.#line += quoted.lines
      at = quoted.end
    }
    this.#rest = at < text.length ? text.slice(at) : ''
    if (this.#rest.length > LONGEST_RECORD)
      throw exportError(
        `The record that begins on line ${this.#line} is longer than a million characters: a quote may be missing.`,
      )
    return records
  }
}

const withoutReturn = (text: string, from: number, end: number): string =>
  text.slice(from, end > from && text.charCodeAt(end - 1) === RETURN ? end - 1 : end)

const RETURN = 13

/** The one that the line has most of, outside of quotes. */
function delimiterOf(line: string): string {
  const bare = line.replaceAll(/"[^"]*"?/g, '')
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

interface QuotedRecord {
  readonly cells: readonly string[]
  /** Where the next one begins. */
  readonly end: number
  /** How many lines of the file it takes. */
  readonly lines: number
  readonly isOpen: boolean
}

/** A record with quotes in it; `undefined` when its end has not come yet. */
function quotedRecord(
  text: string,
  from: number,
  delimiter: string,
  line: number,
  isEnd: boolean,
): QuotedRecord | undefined {
  const cells: string[] = []
  let lines = 1
  let at = from
  for (;;) {
    let cell: string
    if (text[at] === '"') {
      const closed = closingQuote(text, at + 1)
      if (closed === undefined) {
        if (!isEnd) return undefined
        throw exportError(`The file ends within the quotes of line ${line}: it was cut. Export it again.`)
      }
      // What comes next tells a closing quote from half of a doubled one.
      if (!isEnd && closed + 2 >= text.length) return undefined
      cell = text.slice(at + 1, closed).replaceAll('""', '"')
      lines += cell.split('\n').length - 1
      at = closed + 1
    } else {
      const end = endOfBareCell(text, at, delimiter)
      if (end === text.length && !isEnd) return undefined
      const isLast = end === text.length || text[end] === '\n'
      cell = isLast ? withoutReturn(text, at, end) : text.slice(at, end)
      at = end
    }
    cells.push(cell)
    if (text[at] === delimiter) at += 1
    else if (text[at] === '\n') return { cells, end: at + 1, lines, isOpen: false }
    else if (text.startsWith('\r\n', at)) return { cells, end: at + 2, lines, isOpen: false }
    else if (at >= text.length || text.slice(at) === '\r') return { cells, end: text.length, lines, isOpen: true }
    else throw exportError(`Line ${line} goes on behind a closing quote: a quote within quotes must be doubled.`)
  }
}

function closingQuote(text: string, from: number): number | undefined {
  for (let at = from; ;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return undefined
    if (text[quote + 1] !== '"') return quote
    at = quote + 2
  }
}

function endOfBareCell(text: string, from: number, delimiter: string): number {
  const newline = text.indexOf('\n', from)
  const end = newline === -1 ? text.length : newline
  const next = text.indexOf(delimiter, from)
  return next === -1 || next > end ? end : next
}
