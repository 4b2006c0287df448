import { createServer } from 'node:http'
import { freePort } from './free-port.ts'

describe('a free port', () => {
  it('is another one each time', async () => {
    const ports: number[] = []
    for (let asked = 0; asked < 50; asked += 1) ports.push(await freePort())
    expect(new Set(ports).size).toBe(50)
  })

  it('is none that somebody listens on', async () => {
    const taken = (await freePort()) + 1
    const server = createServer()
    // Where somebody else has it already, that serves as well.
    await new Promise<unknown>((resolve) => server.once('error', resolve).listen(taken, '127.0.0.1', () => resolve(0)))
    const other = await freePort()
    server.close()
    expect(other).not.toBe(taken)
  })
})
