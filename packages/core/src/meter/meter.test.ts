import type { Price } from '../catalog/model.ts'
import { parsePricePerMillion, picoUsd } from '../money.ts'
import { dataOf } from '../bytes/frames.ts'
import { chargeFor, isCharged, periodOf } from './meter.ts'
import { chatOperation } from '../operations/chat/chat-operation.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { mintRequestId } from '../uuid.ts'
import type { Outcome } from './usage-record.ts'

const price: Price = { input: parsePricePerMillion('1'), output: parsePricePerMillion('2'), source: 'config' }
const usage = { inputTokens: 10, outputTokens: 5 }
const whole = picoUsd(20_000_000n)

test.each<{
  outcome: Outcome
  delivered: boolean
  usage: object
  price: Price | undefined
  byCaller?: boolean
  charge: bigint | undefined
}>([
  { outcome: 'complete', delivered: true, usage, price, charge: whole },
  { outcome: 'complete', delivered: true, usage, price: undefined, charge: undefined },
  { outcome: 'complete', delivered: true, usage: {}, price, charge: undefined },
  { outcome: 'complete', delivered: true, usage: { inputTokens: 10 }, price, charge: undefined },
  { outcome: 'failed', delivered: false, usage: {}, price, charge: 0n },
  { outcome: 'interrupted', delivered: true, usage, price, charge: 0n },
  { outcome: 'interrupted', delivered: true, byCaller: true, usage, price, charge: whole },
  { outcome: 'interrupted', delivered: false, byCaller: true, usage, price, charge: 0n },
  { outcome: 'failed', delivered: true, byCaller: true, usage, price, charge: 0n },
  { outcome: 'cancelled', delivered: true, byCaller: false, usage, price, charge: 0n },
  { outcome: 'cancelled', delivered: false, usage: {}, price, charge: 0n },
  { outcome: 'cancelled', delivered: false, usage, price, charge: 0n },
  { outcome: 'cancelled', delivered: true, usage: {}, price, charge: undefined },
  { outcome: 'cancelled', delivered: true, usage, price, charge: whole },
])(
  '$outcome, delivered $delivered, by the caller $byCaller, $usage: costs $charge',
  ({ outcome, delivered, byCaller, usage: used, price: at, charge }) => {
    expect(chargeFor(outcome, used, at, delivered, byCaller)).toBe(charge)
  },
)

test('what failed is not charged for, and that is certain', () => {
  for (const delivered of [true, false]) expect(isCharged('failed', delivered, true)).toBe(false)
})

test('the usage event has no choices', () => {
  const call = writeChatCall(
    { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream_options: { include_usage: true } },
    { id: mintRequestId(0), receivedAt: 0 },
  )
  const end = { frames: [], id: 'a', created: 1, model: 'm', usage: () => ({ total_tokens: 1 }) }
  const [frame] = String(chatOperation.endStream(end, call)[0]).split(/(?<=\n\n)/)
  expect(JSON.parse(String(dataOf(Buffer.from(String(frame)))))).toEqual({
    id: 'a',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [],
    usage: { total_tokens: 1 },
  })
})

test.each([
  ['2026-01-31T23:59:59.999Z', '2026-01'],
  ['2026-02-01T00:00:00.000Z', '2026-02'],
  ['2028-02-29T12:00:00.000Z', '2028-02'],
  ['2026-12-31T23:59:59.999Z', '2026-12'],
  ['2026-01-31T23:59:59.999Z', '2026-01'],
])('%s belongs to %s', (moment, period) => {
  expect(periodOf(Date.parse(moment))).toBe(period)
})
