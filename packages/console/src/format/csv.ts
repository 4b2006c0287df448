/** What a cell of a table is worth, beside how it looks. */
export type CellValue = string | number | boolean | null | undefined

/** A table as CSV (RFC 4180), with a byte order mark, by which spreadsheets know that it is UTF-8. */
export const csvOf = (rows: readonly (readonly CellValue[])[]): string =>
  `\uFEFF${rows.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')}`

/**
 * One cell. Text that a spreadsheet would take for a formula gets an apostrophe before it, since names in it may come
 * from strangers.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function csvCell(value: CellValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(value) && !/^-?\d+(?:\.\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
