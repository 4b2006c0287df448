/** What a spreadsheet takes for a formula when it is in front; in some languages as wide as a letter of theirs. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
const NUMBER = /^-?\d+(?:\.\d+)?$/

/** A quote in front makes a spreadsheet take for a text what a caller may have made to be run. */
const harmless = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell)

/** One line of comma-separated values, quoted where RFC 4180 asks for it. */
export const csvLine = (cells: readonly string[]): string =>
  cells
    .map(harmless)
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
