import { FrameRun } from './frame-run.ts'

const LARGE = 16 * 1024

function joined(...lengths: readonly number[]): { readonly lengths: readonly number[]; readonly text: string } {
  const run = new FrameRun()
  for (const [index, length] of lengths.entries()) run.add(Buffer.alloc(length, String(index)))
  const pieces = run.takeJoined()
  expect(run.count).toBe(0)
  return { lengths: pieces.map(({ length }) => length), text: Buffer.concat(pieces).toString() }
}

test('small frames are written in one piece', () => {
  expect(joined(3, 4, 5)).toEqual({ lengths: [12], text: '000111122222' })
})

test('a large one is not copied for the sake of small ones around it', () => {
  const { lengths, text } = joined(3, 4, LARGE, 5, LARGE, 6, 7)
  expect(lengths).toEqual([7, LARGE, 5, LARGE, 13])
  expect(text.replaceAll(/(\d)\1+/g, '$1')).toBe('0123456')
})

test('of nothing there is no piece', () => {
  expect(joined().lengths).toEqual([])
})
