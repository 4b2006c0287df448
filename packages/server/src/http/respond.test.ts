import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { respondPieces } from './respond.ts'

test.each([
  { of: 'small pieces', sizes: [3, 0, 20] },
  { of: 'large pieces', sizes: [40, 30_000, 5, 300_000, 1] },
  { of: 'no pieces', sizes: [] },
])('a body of $of arrives whole, with its length', async ({ sizes }) => {
  const pieces = sizes.map((size, index) => Buffer.alloc(size, String(index)))
  const server = createServer((_, response) => respondPieces(response, 200, [{ 'x-mark': 'yes' }], pieces))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const body = Buffer.from(await answer.arrayBuffer())
    expect(answer.headers.get('x-mark')).toBe('yes')
    expect(answer.headers.get('content-length')).toBe(String(body.length))
    expect(body.equals(Buffer.concat(pieces))).toBe(true)
  } finally {
    server.close()
    server.closeAllConnections()
  }
})
