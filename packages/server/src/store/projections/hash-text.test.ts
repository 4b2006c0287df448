import { hashText } from './hash-text.ts'

test('texts that differ little have numbers that differ, within what a number holds', () => {
  const texts = Array.from({ length: 200_000 }, (_, n) => `chatcmpl-${n}`)
  const hashes = texts.map(hashText)
  expect(new Set(hashes).size).toBe(texts.length)
  expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true)
})

test('a text has the number that it has in files that are there already', () => {
  expect(['', 'a', 'chatcmpl-1', '李🐢'].map(hashText)).toEqual([
    2_371_630_595_774_657, 8_541_542_119_458_237, 2_985_354_063_881_735, 7_371_017_723_390_112,
  ])
})
