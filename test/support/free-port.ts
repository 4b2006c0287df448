import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the range from which Linux, macOS and Windows take the ports of clients and of servers that leave the choice to
 * them: in there, one that was free a moment ago may be anybody's by now.
 */
const FIRST = 12_000
const LAST = 32_000

let next = randomInt(FIRST, LAST)

/** A port of 127.0.0.1 that nobody listens on, another one each time. It is not reserved: take it soon. */
export async function freePort(): Promise<number> {
  for (let tried = FIRST; tried <= LAST; tried += 1) {
    const port = next
    next = port < LAST ? port + 1 : FIRST
    if (await isFree(port)) return port
  }
  throw new Error(`All ports of 127.0.0.1 from ${FIRST} to ${LAST} are taken.`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
