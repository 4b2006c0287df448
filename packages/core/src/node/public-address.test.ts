import { once } from 'node:events'
import type { LookupAddress } from 'node:dns'
import { createServer, type AddressInfo } from 'node:net'
import type { TransportFailure } from '../transport.ts'
import { isPublicAddress, type ResolveName } from './public-address.ts'
import { createUndiciTransport } from './undici-transport.ts'

test.each([
  '127.0.0.1',
  '127.0.0.2',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '',
  'localhost',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '100.128.0.1',
  '172.32.0.1',
  '193.0.0.1',
  '223.255.255.254',
  '2606:4700::1111',
  '2a00::1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

/** A name server that tells these addresses, the last one from then on. */
function telling(...answers: readonly string[][]): ResolveName {
  let asked = 0
  return (_, done) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? []
    asked += 1
    const addresses = found.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }))
    setImmediate(() => done(null, addresses))
  }
}

describe('an upstream that somebody else than the operator has named', () => {
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  let connections = 0
  let port = 0

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    port = (server.address() as AddressInfo).port
  })
  beforeEach(() => {
    connections = 0
  })
  afterAll(() => void server.close())

  async function fetchFrom(host: string, resolve: ResolveName, mustBePublic = true, useProxyVariables = false) {
    const transport = createUndiciTransport({ resolve, useProxyVariables })
    const failure = await new Promise<TransportFailure>((tell) => {
      transport.send(
        { id: 'up', origin: `http://${host}:${port}`, credential: '', mustBePublic },
        { method: 'GET', path: '/x.png', headers: {} },
        { head() {}, data() {}, end() {}, fail: tell },
      )
    })
    await transport.close()
    return failure
  }

  test.each([
    { what: 'leads to this machine', answers: [['127.0.0.1']] },
    { what: 'leads to this machine by IPv6', answers: [['::1']] },
    { what: 'leads to this machine, mapped', answers: [['::ffff:127.0.0.1']] },
    { what: 'leads to a local network', answers: [['10.0.0.1']] },
    { what: 'leads to a public and a private address', answers: [['127.0.0.1', '8.8.8.8']] },
    { what: 'leads elsewhere when it is looked up again', answers: [['8.8.8.8'], ['127.0.0.1']] },
    { what: 'leads nowhere', answers: [[]] },
  ])('is not dialled when it $what', async ({ answers }) => {
    const failure = await fetchFrom('pictures.example', telling(...answers))
    expect(failure).toMatchObject({ kind: 'not_public', sent: false })
    expect(connections).toBe(0)
  })

  test.each(['127.0.0.1', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])(
    'is not dialled as the address %s',
    async (host) => {
      expect(await fetchFrom(host, telling(['8.8.8.8']))).toMatchObject({ kind: 'not_public' })
      expect(connections).toBe(0)
    },
  )

  test('is not asked for at a proxy either when its name is a private one here', async () => {
    const before = process.env['HTTP_PROXY']
    process.env['HTTP_PROXY'] = `http://127.0.0.1:${port}`
    try {
      const failure = await fetchFrom('pictures.example', telling(['127.0.0.1']), true, true)
      expect(failure).toMatchObject({ kind: 'not_public' })
      expect(connections).toBe(0)
    } finally {
      if (before === undefined) delete process.env['HTTP_PROXY']
      else process.env['HTTP_PROXY'] = before
    }
  })

  test("the operator's own upstreams may be anywhere", async () => {
    expect(await fetchFrom('127.0.0.1', telling(['8.8.8.8']), false)).toMatchObject({ kind: 'reset' })
    expect(connections).toBe(1)
  })
})
