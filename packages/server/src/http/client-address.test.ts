import { clientAddress } from './client-address.ts'

const from = (remoteAddress: string, forwarded?: string): string =>
  clientAddress({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  } as Parameters<typeof clientAddress>[0])

test.each([
  { what: 'a visitor without a proxy', peer: '203.0.113.7', forwarded: undefined, is: '203.0.113.7' },
  {
    what: 'a visitor who writes the header himself',
    peer: '203.0.113.7',
    forwarded: '198.51.100.1',
    is: '203.0.113.7',
  },
  { what: 'a proxy on this machine', peer: '127.0.0.1', forwarded: '203.0.113.7', is: '203.0.113.7' },
  { what: 'a proxy in the network', peer: '::ffff:172.17.0.1', forwarded: '203.0.113.7', is: '203.0.113.7' },
  { what: 'what a visitor has put before', peer: '127.0.0.1', forwarded: '1.1.1.1, 203.0.113.7', is: '203.0.113.7' },
  { what: 'a header that is no address', peer: '127.0.0.1', forwarded: 'unknown', is: '127.0.0.1' },
  { what: 'a network of IPv6', peer: '2001:DB8:1:2:3:4:5:6', forwarded: undefined, is: '2001:db8:1:2::/64' },
  { what: 'a short address of IPv6', peer: '2001:db8::1', forwarded: undefined, is: '2001:db8:0:0::/64' },
])('$what is $is', ({ peer, forwarded, is }) => {
  expect(from(peer, forwarded)).toBe(is)
})
