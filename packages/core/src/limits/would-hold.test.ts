import { ask, config } from '../front/ask.fake.ts'
import { createEngine } from '../create-engine.ts'
import { createFakeTransport, finish, role, stream, usageEvent, word } from '../attempt/transport.fake.ts'
import { formatUsd, parseUsd, picoUsd } from '../money.ts'
import { readChatCall } from '../operations/chat/chat-call.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { createFakeAdmission } from './admission.fake.ts'
import { limitedBy, moneyLimit } from './limits.fake.ts'
import { wouldHold } from './would-hold.ts'

const clock = createFakeClock()
const transport = createFakeTransport(clock, [])
const engine = createEngine({ config, transport, clock, random: () => 0, instanceId: 'test' })

function held(left: string, request: object) {
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const messages = [{ role: 'user', content: 'hi' }]
  const call = readChatCall(Buffer.from(JSON.stringify({ model: 'a', messages, stream: true, ...request })), facts)
  return wouldHold(call, engine.plan(call), engine.maxAttempts, parseUsd(left))
}

describe.each([
  { of: 'a call that sets no limit', request: {} },
  { of: 'a call that sets one', request: { max_tokens: 50 } },
])('what is said of $of', ({ request }) => {
  test.each(['0', '0.00005', '0.0001', '0.0002', '0.001', '0.01', '1'])(
    'is what is done with %s USD left',
    async (usd) => {
      const admission = createFakeAdmission()
      const call = ask([stream([role(), word('Hi'), finish(), usageEvent])], {
        limits: limitedBy([moneyLimit({ usd })], admission),
        model: 'a',
        request,
      })
      await call.clock.advance(60_000)
      const said = held(usd, request)
      expect(said.kind).toBe(call.error === undefined ? 'held' : 'exhausted')
      if (said.kind === 'held') expect(formatUsd(said.amount)).toBe(formatUsd(admission.asked.at(-1) ?? parseUsd('-1')))
    },
  )
})

test('where too little is left the least is told that the call can be made for', () => {
  const told = held('0', {})
  if (told.kind !== 'exhausted') throw new Error('it was not refused')
  const kindAt = (amount: bigint) => held(formatUsd(picoUsd(amount)), {}).kind
  expect([kindAt(told.amount), kindAt(told.amount - 1n)]).toEqual(['held', 'exhausted'])
})

test('what has no price is nobody to fall back to', () => {
  expect(held('1', { models: ['free'] }).kind).toBe('held')
})

test('of a model without a price nobody can say', () => {
  expect(held('1', { model: 'free' })).toEqual({ kind: 'unpriced' })
})
