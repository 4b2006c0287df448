import { randomBytes } from 'node:crypto'
import { isGuessable } from './guessable.ts'

test.each([
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  'abababababababababababab',
  '123456789012',
  'abcdefghijklmnopqrstuvwxyz',
  'zyxwvutsrqponmlkjihgfedcba',
  'passwordpassword',
  'password1234',
  'changeme-changeme-',
  'adminadminadmin',
  'aZaZaZcXcXcXaZaZaZcXcXcX',
])('%s can be guessed', (token) => {
  expect(isGuessable(token)).toBe(true)
})

test('what a program makes up cannot', () => {
  for (let count = 0; count < 200; count += 1) {
    expect(isGuessable(randomBytes(16).toString('hex'))).toBe(false)
    expect(isGuessable(randomBytes(24).toString('base64url'))).toBe(false)
  }
})

test.each(['token-for-tests', 'correct-horse-battery'])('nor can %s', (token) => {
  expect(isGuessable(token)).toBe(false)
})
