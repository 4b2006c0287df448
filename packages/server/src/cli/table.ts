import { styleText } from 'node:util'
import type { Terminal } from './command.ts'

/** Prints rows under headings, aligned; the headings stand out on a terminal. Numbers align to the right. */
export function printTable(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const numeric = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d.,–-]*$/.test(row[column] ?? '')),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  terminal.out(terminal.isTty ? styleText('bold', line(headings)) : line(headings))
  for (const row of rows) terminal.out(line(row))
}

/** What a spreadsheet takes for a formula when it is in front. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^-?\d+(?:\.\d+)?$/

/** A quote in front makes a spreadsheet take for a text what a caller may have made to be run. */
const harmless = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell)

/** One line of comma-separated values, quoted where RFC 4180 asks for it. */
export const csvLine = (cells: readonly string[]): string =>
  cells
    .map(harmless)
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
