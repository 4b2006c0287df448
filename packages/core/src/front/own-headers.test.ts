import type { Transport, UpstreamRequest } from '../transport.ts'
import { withOwnHeaders } from './own-headers.ts'

function sent(own: Record<string, string>): UpstreamRequest['headers'] {
  let headers: UpstreamRequest['headers'] = {}
  const transport: Transport = {
    send(_to, request) {
      headers = request.headers
      return { pause() {}, resume() {}, abort() {} }
    },
  }
  const request = { method: 'POST', path: '/', headers: { 'x-request-id': '1' } } as const
  withOwnHeaders(transport, own).send({} as never, request, {} as never)
  return headers
}

test('own headers go with every request, beside those of the gateway', () => {
  expect(sent({ 'X-Speka-Customer': 'c-1', 'cf-access-client-id': 'a b' })).toEqual({
    'x-speka-customer': 'c-1',
    'cf-access-client-id': 'a b',
    'x-request-id': '1',
  })
})

test.each(['Authorization', 'x-request-id', 'X-Speka-Via', 'content-length', 'host'])(
  'the header %s is the gateway’s own',
  (name) => {
    expect(() => sent({ [name]: 'x' })).toThrow(
      `The header "${name.toLowerCase()}" is the gateway's own. Leave it out.`,
    )
  },
)

test.each([
  ['', 'x'],
  ['a b', 'x'],
  ['a\r\n', 'x'],
  ['a', 'x\r\nb: c'],
  ['a', ' x'],
  ['a', 'x\u0000'],
  ['a', 'ä'],
])('%j: %j is no header', (name, value) => {
  expect(() => sent({ [name]: value })).toThrow(RangeError)
})
