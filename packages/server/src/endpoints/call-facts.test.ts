import type { IncomingMessage } from 'node:http'
import type { KeyedExchange } from '../http/exchange.ts'
import { callFacts } from './call-facts.ts'

const facts = (headers: IncomingMessage['headers'], key: object = {}) =>
  callFacts({
    id: 'r',
    receivedAt: 1,
    request: { headers },
    key: { id: 'key_A', name: 'a', mode: 'live', limits: {}, ...key },
  } as unknown as KeyedExchange)

/** As Node reads a header that was sent as UTF-8. */
const sent = (text: string): string => Buffer.from(text).toString('latin1')

test('whose the key is comes with the call', () => {
  expect(facts({}, { account: 'acct_A', labels: 7 })).toMatchObject({ account: 'acct_A', labels: 7 })
})

test.each(['x-speka-customer', 'x-claude-code-session-id'])('%s names one of any script', (header) => {
  const field = header === 'x-speka-customer' ? 'customer' : 'session'
  for (const name of ['cust-17', 'Zoë 李 🐢', 'a'.repeat(256)])
    expect(facts({ [header]: sent(name) })[field]).toBe(name)
})

test.each([
  ['empty', ''],
  ['too long', 'a'.repeat(257)],
  ['with a tab', 'a\tb'],
  ['with a control character beyond ASCII', sent('a\u009Bb')],
])('a name in a header that is %s is refused, with the header in the message', (_, name) => {
  for (const header of ['x-speka-customer', 'x-claude-code-session-id'])
    expect(() => facts({ [header]: name })).toThrow(
      expect.objectContaining({ code: 'invalid_value', message: expect.stringContaining(header) }),
    )
})
