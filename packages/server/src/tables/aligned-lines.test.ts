import { alignedLines } from './aligned-lines.ts'

test('columns stand below each other, and numbers to the right', () => {
  const rows = [
    ['acme/fast', '12', '0.5'],
    ['b', '1,200', '–'],
  ]
  expect(alignedLines(['model', 'requests', 'usd'], rows)).toEqual([
    'model      requests  usd',
    'acme/fast        12  0.5',
    'b             1,200    –',
  ])
})

test('without rows there are the headings', () => {
  expect(alignedLines(['model', 'usd'], [])).toEqual(['model  usd'])
})

test('as many rows as there may be are aligned', () => {
  expect(
    alignedLines(
      ['n'],
      Array.from({ length: 200_000 }, () => ['1']),
    ),
  ).toHaveLength(200_001)
})
