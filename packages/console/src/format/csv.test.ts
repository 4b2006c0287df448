import { csvOf } from './csv.ts'

const cell = (value: string | number | boolean | null) => csvOf([[value]]).slice(1, -2)

test.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1+1', "'+1+1"],
  ['-1+1', "'-1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['＝1+1', "'＝1+1"],
])('%j is no formula in a spreadsheet', (value, text) => {
  expect(cell(value)).toBe(text)
})

test.each([
  ['-3.20', '-3.20'],
  [-3, '-3'],
  [null, ''],
  [true, 'true'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
])('%j is %j', (value, text) => {
  expect(cell(value)).toBe(text)
})

test('rows end as RFC 4180 has it, behind a byte order mark', () => {
  expect(
    csvOf([
      ['a', 1],
      ['ä', 2],
    ]),
  ).toBe('\uFEFFa,1\r\nä,2\r\n')
})
