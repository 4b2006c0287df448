import { csvLine } from './csv-line.ts'

test.each([
  { cells: ['a', '1', '–'], line: 'a,1,–' },
  { cells: ['a,b', 'say "hi"', 'two\nlines'], line: '"a,b","say ""hi""","two\nlines"' },
  { cells: ['=1+1', '+1', '-1', '@sum', '-a'], line: `'=1+1,'+1,-1,'@sum,'-a` },
  { cells: ['\n=1', '＝1+1', '＠sum'], line: `"'\n=1",'＝1+1,'＠sum` },
  { cells: ['-0.0000001', '\t=1', '=a,b'], line: `-0.0000001,'\t=1,"'=a,b"` },
])('$cells is a line that a spreadsheet shows as it is', ({ cells, line }) => {
  expect(csvLine(cells)).toBe(line)
})
