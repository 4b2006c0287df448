import fc from 'fast-check'
import { CsvReader, type CsvRecord } from './csv-reader.ts'

function read(text: string, ...cuts: readonly number[]): CsvRecord[] {
  const reader = new CsvReader()
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length]
  const records = places.slice(1).flatMap((end, index) => reader.push(text.slice(places[index], end)))
  return [...records, ...reader.end()]
}

const cellsOf = (text: string): (readonly string[])[] => read(text).map(({ cells }) => cells)

/** Writes a cell as RFC 4180 has it, in quotes where it must be, or where that is wanted. */
const written = (cell: string, isQuoted: boolean): string =>
  isQuoted || /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

const cell = fc
  .array(fc.constantFrom('a', 'ß', '🐢', '0', ' ', '"', ',', ';', '\t', '\n', '\r\n', '.'), { maxLength: 5 })
  .map((parts) => parts.join(''))
const table = fc.integer({ min: 2, max: 4 }).chain((width) =>
  fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 6,
  }),
)
const style = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'),
  newline: fc.constantFrom('\n', '\r\n'),
  isEnded: fc.boolean(),
})

test('what was written is read, however it is cut into pieces', () => {
  fc.assert(
    fc.property(table, style, fc.array(fc.nat()), (rows, { delimiter, newline, isEnded }, cuts) => {
      // The delimiter is told by the first line.
      const lines = [['one', 'two'], ...rows.map((row) => row.map(([text, isQuoted]) => written(text, isQuoted)))]
      const text = lines.map((cells) => cells.join(delimiter)).join(newline) + (isEnded ? newline : '')
      const [, ...records] = read(text, ...cuts)
      expect(records.map(({ cells }) => cells)).toEqual(rows.map((row) => row.map(([one]) => one)))
    }),
    { numRuns: 300 },
  )
})

test('a record is on the line that it begins on, whatever came before it', () => {
  fc.assert(
    fc.property(table, fc.array(fc.nat()), (rows, cuts) => {
      const lines = rows.map((row) => row.map(([text]) => written(text, true)).join(','))
      const records = read(lines.join('\n'), ...cuts)
      let line = 1
      for (const [index, text] of lines.entries()) {
        expect(records[index]?.line).toBe(line)
        line += text.split('\n').length
      }
    }),
  )
})

test.each([
  { what: 'commas', text: 'a,b\n1,2\n' },
  { what: 'semicolons, though cells have commas', text: 'a;b\n1;2\n' },
  { what: 'tabs', text: 'a\tb\n1\t2\n' },
  { what: 'semicolons beside a comma in quotes', text: '"a";"b"\n1;2\n' },
  { what: 'empty lines', text: '\na,b\n\r\n\n1,2\n\n' },
  { what: 'no end of the last line', text: 'a,b\r\n1,2' },
])('$what', ({ text }) => {
  expect(cellsOf(text)).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ])
})

test('the last line is told from the others when it has no end', () => {
  expect(read('a,b\n1,2').map(({ isOpen }) => isOpen)).toEqual([false, true])
  expect(read('a,b\n1,"2"').map(({ isOpen }) => isOpen)).toEqual([false, true])
  expect(read('a,b\n1,"2"\n').map(({ isOpen }) => isOpen)).toEqual([false, false])
})

test('a quote within a cell that does not begin with one is a letter', () => {
  expect(cellsOf('a,b\n5" disk,x\n')).toEqual([
    ['a', 'b'],
    ['5" disk', 'x'],
  ])
})

test.each([
  { what: 'goes on behind a quote', text: 'a,b\n1,2\n"x"y,2\n', says: /^Line 3 goes on behind a closing quote/ },
  { what: 'ends in a quote', text: 'a,b\n1,2\n"x,2\n3,4\n', says: /within the quotes of line 3: it was cut/ },
  { what: 'never closes a quote', text: `a,b\n"${'1,2\n'.repeat(400_000)}`, says: /line 2 is longer than a million/ },
])('what $what is refused with its line', ({ text, says }) => {
  expect(() => read(text, 5)).toThrow(says)
})
