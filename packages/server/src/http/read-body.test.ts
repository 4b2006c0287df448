import { jest } from '@jest/globals'
import { Readable } from 'node:stream'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from './read-body.ts'

const MiB = 1024 * 1024
const letters = Buffer.from(Array.from({ length: 3 * MiB + 7 }, (_, index) => 97 + (index % 26)))

/** What arrives in pieces of `size`, with or without a length that was told before. */
function arriving(body: Buffer, size: number, headers: Readonly<Record<string, string>>): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
    body.subarray(at * size, (at + 1) * size),
  )
  const request = Object.assign(Readable.from(pieces, { objectMode: false }), { headers, complete: true })
  return readBody(request as unknown as IncomingMessage, {} as ServerResponse, 4 * MiB)
}

test.each([
  { what: 'in one piece', size: letters.length },
  { what: 'in many', size: 64_000 },
])('a large body is what was sent, $what, whether its length was told before or not', async ({ size }) => {
  const told = { 'content-length': `${letters.length}` }
  for (const headers of [told, {}]) expect((await arriving(letters, size, headers)).equals(letters)).toBe(true)
})

test('a large body is put together as it comes, not in the end', async () => {
  const concat = jest.spyOn(Buffer, 'concat')
  await arriving(letters, 64_000, { 'content-length': `${letters.length}` })
  const joined = concat.mock.calls.map(([list]) => list.reduce((sum, { length }) => sum + length, 0))
  concat.mockRestore()
  expect(Math.max(0, ...joined)).toBeLessThan(MiB)
})

test('a body that is longer than allowed is refused, told before or not', async () => {
  const body = Buffer.alloc(4 * MiB + 1, 'x')
  for (const headers of [{ 'content-length': `${body.length}` }, {}])
    await expect(arriving(body, 64_000, headers)).rejects.toMatchObject({ code: 'request_too_large' })
})
