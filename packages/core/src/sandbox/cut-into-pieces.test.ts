import fc from 'fast-check'
import { cutIntoPieces } from './cut-into-pieces.ts'

describe('cutting a text into pieces', () => {
  test.each([
    { text: 'You said: "Hi".', pieces: ['You', ' said:', ' "Hi".'] },
    { text: 'internationalisation', pieces: ['internationa', 'lisation'] },
    { text: 'one\n\n two ', pieces: ['one', '\n\n two', ' '] },
    { text: '今日は天気がとても良いですね', pieces: ['今日は天気がとても良いで', 'すね'] },
    { text: '', pieces: [] },
  ])('gives $pieces', ({ text, pieces }) => {
    expect(cutIntoPieces(text)).toEqual(pieces)
  })

  test('loses nothing and breaks no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const pieces = cutIntoPieces(text)
        expect(pieces.join('')).toBe(text)
        expect(pieces.every((piece) => piece !== '' && piece.isWellFormed())).toBe(true)
      }),
    )
  })

  test('takes long stretches of space in its stride', () => {
    expect(cutIntoPieces(' '.repeat(1_000_000))).toHaveLength(1)
  })
})
