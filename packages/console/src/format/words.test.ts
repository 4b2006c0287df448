import { asWords, wordsIn } from './words.ts'

describe('a list in a field of a form', () => {
  test.each([
    ['', []],
    [' , ,', []],
    ['meta/*', ['meta/*']],
    [' a, b ,c ', ['a', 'b', 'c']],
  ])('%j is %j', (text, words) => {
    expect(wordsIn(text)).toEqual(words)
  })

  test('is written as it is read', () => {
    expect(wordsIn(asWords(['prod', 'eu west']))).toEqual(['prod', 'eu west'])
    expect(asWords(null)).toBe('')
  })
})
