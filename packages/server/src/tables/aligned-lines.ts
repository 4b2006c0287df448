/** What a column of numbers consists of, those that are unknown among them. */
const NUMERIC = /^[\d.,–-]*$/

/** Rows as lines in which columns stand below each other, numbers to the right; a first row of headings is never a number. */
export function alignedLines(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), heading.length),
  )
  const numeric = headings.map((_, column) => rows.length > 0 && rows.every((row) => NUMERIC.test(row[column] ?? '')))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [headings, ...rows].map(line)
}
