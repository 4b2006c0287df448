import { crc32 } from 'node:zlib'
import { readCursor, writeCursor } from './request-cursor.ts'

test('a cursor is read as it was written', () => {
  const cursor = writeCursor([1_795_417_378_000, 'a-request'])
  expect(readCursor(cursor, ['number', 'string'])).toEqual([1_795_417_378_000, 'a-request'])
})

/** As somebody writes one who has read how it is done. */
const forged = (text: string): string => Buffer.from(`${crc32(text).toString(36)}${text}`).toString('base64url')

test.each([
  'made-up',
  '',
  writeCursor([1, 'a']).slice(1),
  `${writeCursor([1, 'a'])}==`,
  forged('[1,"a",2]'),
  forged('["a",1]'),
  forged('[null,{}]'),
  forged('[1,'),
  forged('[x]'),
  forged('[ 1,"a"]'),
])('%j is refused', (cursor) => {
  expect(() => readCursor(cursor, ['number', 'string'])).toThrow(
    expect.objectContaining({ code: 'invalid_value', param: 'after' }),
  )
})
