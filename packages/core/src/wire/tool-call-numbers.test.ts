import { ToolCallNumbers } from './tool-call-numbers.ts'

test.each([
  { what: 'calls with an index each', pieces: [[0, 'a'], [0], [1, 'b'], [1], [0]], numbers: [0, 0, 1, 1, 0] },
  { what: 'calls that share an index', pieces: [[0, 'a'], [0], [0, 'b'], [0], [0, 'c']], numbers: [0, 0, 1, 1, 2] },
  {
    what: 'an id in every piece',
    pieces: [
      [0, 'a'],
      [0, 'a'],
      [0, 'b'],
      [0, 'a'],
    ],
    numbers: [0, 0, 1, 0],
  },
  { what: 'an id that comes late', pieces: [[0], [0, 'a'], [0, ''], [0, 'a']], numbers: [0, 0, 0, 0] },
  { what: 'no index at all', pieces: [[undefined, 'a'], [], [undefined, 'b'], []], numbers: [0, 0, 1, 1] },
  { what: 'indexes that do not begin at 0', pieces: [[3, 'a'], [5, 'b'], [3]], numbers: [0, 1, 0] },
] as { what: string; pieces: [number?, string?][]; numbers: number[] }[])(
  'pieces of $what are told apart',
  ({ pieces, numbers }) => {
    const calls = new ToolCallNumbers()
    expect(pieces.map(([index, id]) => calls.of({ index, id }))).toEqual(numbers)
  },
)
