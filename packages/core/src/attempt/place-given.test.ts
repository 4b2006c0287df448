import type { Upstream } from '../transport.ts'
import { placeGiven } from './place-given.ts'

const upstream: Upstream = {
  id: 'lab',
  origin: 'https://api.lab.ai/v1',
  credential: 'secret',
  credentialHeader: 'x-key',
}
const hosts = ['api.*.lab.ai', 'cdn.lab.net']

test.each([
  ['https://api.lab.ai/v1/result?id=1', 'secret'],
  ['https://api.eu.lab.ai/v1/result', 'secret'],
  ['https://cdn.lab.net/x.png', 'secret'],
  ['https://delivery.eu.lab.ai/x.png', ''],
  ['https://api.eu.west.lab.ai/x', ''],
  ['https://lab.ai/x', ''],
  ['https://cdn.lab.net.evil.com/x', ''],
  ['https://api.evil-lab.ai/x', ''],
  ['https://api.evil.com/x?.lab.ai', ''],
  ['https://lab.ai.evil.com/x', ''],
  ['https://storage.example.com/x.png?sig=1', ''],
])('%s is fetched with the credential "%s"', (address, credential) => {
  const to = new URL(address)
  expect(placeGiven(to, upstream, hosts)).toEqual({
    upstream: expect.objectContaining({ origin: to.origin, credential }),
    isForeign: credential === '',
  })
})

test.each([
  ['https://api.lab.ai/v1/result', undefined],
  ['https://api.eu.lab.ai/v1/result', true],
  ['https://storage.example.com/x.png', true],
])('whether %s must be public: %s', (address, mustBePublic) => {
  expect(placeGiven(new URL(address), upstream, hosts)?.upstream.mustBePublic).toBe(mustBePublic)
})

test.each([
  'http://storage.example.com/x.png',
  'http://api.eu.lab.ai/x',
  'https://127.0.0.1/x',
  'https://2130706433/x',
  'https://[::1]/x',
  'https://169.254.169.254/latest/meta-data',
  'https://localhost/x',
  'https://db.internal/x',
  'https://metadata.google.internal/x',
  'https://storage.example.com:8443/x',
  'https://user:pass@storage.example.com/x',
  'file:///etc/passwd',
])('%s is not fetched', (address) => {
  expect(placeGiven(new URL(address), upstream, hosts)).toBeUndefined()
})

test("the operator's own server may point back at itself, whatever its address", () => {
  const own: Upstream = { id: 'lab', origin: 'http://127.0.0.1:9100/v1', credential: 'secret' }
  expect(placeGiven(new URL('http://127.0.0.1:9100/files/1.png'), own)).toMatchObject({
    upstream: { credential: 'secret' },
    isForeign: false,
  })
  expect(placeGiven(new URL('http://127.0.0.1:9101/files/1.png'), own)).toBeUndefined()
})
