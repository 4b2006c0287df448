import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Connections, type Asking } from './connections.ts'

let server: Server
let connections: Connections
const sockets: Socket[] = []
const waiting: ServerResponse[] = []

beforeEach(async () => {
  sockets.length = 0
  waiting.length = 0
  server = createServer((request, response) => {
    if (request.url === '/waits') waiting.push(response)
    else response.end('answer')
  })
  server.on('connection', (socket) => sockets.push(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  connections = new Connections(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1000)
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await connections.close()
})

const afterTurns = (count: number, run: () => void): void =>
  void setImmediate(() => (count === 1 ? run() : afterTurns(count - 1, run)))

/** Resolves with what ended the request: nothing but an error. */
const ask = (path: string, headers: string[] = []): Promise<Error | undefined> =>
  new Promise((resolve) => {
    let over = false
    const end = (error?: Error): void => {
      over = true
      // Its connection is at rest a turn or two of the event loop later.
      afterTurns(10, () => resolve(error))
    }
    const asking: Asking = {
      get isOver() {
        return over
      },
      hasHead: false,
      onRequestStart() {},
      onResponseStart() {},
      onResponseData() {},
      onResponseEnd: () => end(),
      onResponseError: (_, error) => end(error),
    }
    connections.dispatch({ path, method: 'GET', headers }, asking)
  })

const waitingFor = async (requests: number): Promise<void> => {
  while (waiting.length < requests) await once(server, 'request')
}

test('a connection is used again when it is idle', async () => {
  for (let asked = 0; asked < 3; asked += 1) expect(await ask('/')).toBeUndefined()
  expect(sockets).toHaveLength(1)
})

test('requests at the same time have one each, and none waits for another', async () => {
  const slow = [ask('/waits'), ask('/waits'), ask('/waits')]
  await waitingFor(3)
  expect(await ask('/')).toBeUndefined()
  expect(sockets).toHaveLength(4)
  for (const response of waiting) response.end()
  await Promise.all(slow)
  await Promise.all([ask('/'), ask('/'), ask('/'), ask('/')])
  expect(sockets).toHaveLength(4)
})

test('a request that cannot be sent costs no connection', async () => {
  await ask('/')
  expect(await ask('/', ['x-bad', 'line\nbreak'])).toBeInstanceOf(Error)
  await ask('/')
  expect(sockets).toHaveLength(1)
})

test('one that was closed while idle is replaced', async () => {
  await ask('/')
  const closed = once(sockets[0] as Socket, 'close')
  sockets[0]?.destroy()
  await closed
  expect(await ask('/')).toBeUndefined()
  expect(sockets).toHaveLength(2)
})

test('a host that takes no connection is tried anew by each request', async () => {
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  expect(await ask('/')).toMatchObject({ code: 'ECONNREFUSED' })
  expect(await ask('/')).toMatchObject({ code: 'ECONNREFUSED' })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  expect(await ask('/')).toBeUndefined()
  expect(sockets).toHaveLength(1)
})

test('closing waits for the requests under way', async () => {
  const slow = ask('/waits')
  await waitingFor(1)
  let closed = false
  const closing = connections.close().then(() => (closed = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(closed).toBe(false)
  waiting[0]?.end()
  expect(await slow).toBeUndefined()
  await closing
  await expect(ask('/')).rejects.toThrow('are closed')
})
