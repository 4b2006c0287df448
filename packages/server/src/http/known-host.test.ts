import { demandKnownHost } from './known-host.ts'

const known = (host: string, listensAt: string, publicUrl?: string): boolean => {
  try {
    demandKnownHost({ headers: { host } }, { host: listensAt, publicUrl })
    return true
  } catch {
    return false
  }
}

test.each([
  { listensAt: '0.0.0.0', host: '192.168.1.5:7735', is: true },
  { listensAt: '::', host: '[2001:db8::1]:7735', is: true },
  { listensAt: '0.0.0.0', host: 'somebody.example.com', is: false },
  { listensAt: '192.168.1.5', host: '192.168.1.5', is: true },
  { listensAt: '192.168.1.5', host: '192.168.1.6', is: false },
  { listensAt: 'gateway.lan', host: 'Gateway.lan:7735', is: true },
  { listensAt: '127.0.0.1', host: '', is: false },
])('a listener at $listensAt answers to $host: $is', ({ listensAt, host, is }) => {
  expect(known(host, listensAt)).toBe(is)
})

test('a public address counts by its host, whatever the port behind a proxy', () => {
  expect(known('speka.example.com:8443', '127.0.0.1', 'https://speka.example.com')).toBe(true)
})
