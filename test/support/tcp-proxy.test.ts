import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { eventually } from './eventually.ts'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { openTcpProxyApart } from './tcp-proxy-apart.ts'

let echo: Server
let proxy: TcpProxy
const clients: Socket[] = []

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  echo.close()
})

interface Client {
  readonly socket: Socket
  heard: string
  ended: string | undefined
}

function begin(): Client {
  const socket = connect(proxy.port, '127.0.0.1')
  clients.push(socket)
  const client: Client = { socket, heard: '', ended: undefined }
  socket.setEncoding('utf8').on('data', (text: string) => (client.heard += text))
  socket.on('error', (error: NodeJS.ErrnoException) => (client.ended = error.code))
  socket.on('close', () => (client.ended ??= 'closed'))
  return client
}

async function open(): Promise<Client> {
  const client = begin()
  await once(client.socket, 'connect')
  return client
}

describe.each([
  { where: 'in this thread', openLine: openTcpProxy },
  { where: 'in a thread of its own', openLine: openTcpProxyApart },
])('a line $where', ({ openLine }) => {
  beforeEach(async () => {
    proxy = await openLine((echo.address() as AddressInfo).port)
  })
  afterEach(() => proxy.close())

  test('an open line carries both ways, and its end', async () => {
    const client = await open()
    client.socket.write('one')
    await eventually(() => client.heard === 'one', 'it comes back')
    expect(proxy.connections).toBe(1)
    client.socket.end('two')
    await eventually(() => client.ended === 'closed', 'the other end has ended too')
    expect(client.heard).toBe('onetwo')
  })

  test('what is said on a silent line arrives in its order when the line is open again', async () => {
    const client = await open()
    proxy.set('silent')
    client.socket.write('one')
    client.socket.write('two')
    const late = await open()
    late.socket.write('three')
    await eventually(() => proxy.connections === 2, 'who comes meanwhile is taken')
    expect([client.heard, late.heard]).toEqual(['', ''])
    proxy.set('open')
    await eventually(() => client.heard === 'onetwo' && late.heard === 'three', 'all of it arrives')
  })

  test('a slow line is slow both ways', async () => {
    const client = await open()
    proxy.delay(40)
    const began = performance.now()
    client.socket.write('one')
    await eventually(() => client.heard === 'one', 'it comes back')
    expect(performance.now() - began).toBeGreaterThanOrEqual(79)
  })

  test('a cut resets those who are there; a line that refuses turns others away', async () => {
    const client = await open()
    await eventually(() => proxy.connections === 1, 'it is through')
    proxy.cut()
    await eventually(() => client.ended === 'ECONNRESET', 'it is reset')
    const again = await open()
    again.socket.write('one')
    await eventually(() => again.heard === 'one', 'the next is not')
    proxy.set('refusing')
    const refused = begin()
    await eventually(() => refused.ended !== undefined, 'it is turned away')
    expect(again.ended).toBeUndefined()
  })
})
