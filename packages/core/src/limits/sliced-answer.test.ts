import { ask, config } from '../front/ask.fake.ts'
import { finish, role, stream, streamHead, usageEvent, word, type ReplyScript } from '../attempt/transport.fake.ts'
import { parseUsd, picoUsd } from '../money.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { AnswerSink } from '../engine.ts'
import type { Admission, Hold } from './admission.ts'
import { createAdmission } from './leases/lease-admission.ts'
import { SlicedAnswer } from './sliced-answer.ts'
import { budgetOf, limitedBy, moneyLimit } from './limits.fake.ts'
import { ownBudgets } from './memory-budgets.ts'
import { unreachedLine } from './unreached-line.ts'
import { budgetAt } from './window.ts'

const models = {
  ...config.models,
  long: { targets: [{ provider: 'one', model: 'up' }], price: { input: '1', output: '2' }, context_window: 200_000 },
  thinks: { targets: [{ provider: 'one', model: 'up' }], price: { input: '1', output: '2' } },
}

/** As many bytes as tokens of it are sure to be paid for. */
const words = (bytes: number): string[] => Array.from({ length: bytes / 100 }, () => word('x'.repeat(100)))

const counted = (tokens: number): string => usageEvent.replace('"completion_tokens":5', `"completion_tokens":${tokens}`)

function open(usd: string, script: ReplyScript, more: { readonly late?: boolean } = {}) {
  const limit = moneyLimit({ usd })
  const budgets = ownBudgets()
  const own = createAdmission({ budgets, line: unreachedLine, clock: createFakeClock() })
  const admission = more.late === true ? late(own) : own
  const call = ask([script], {
    model: 'long',
    config: { models },
    request: { max_tokens: 20_000 },
    limits: limitedBy([limit], admission),
    settle: (record) => budgets.settled(record),
  })
  return { call, admission, budget: budgetAt(limit, 0) }
}

/** Whose holds take their time to grow. */
const late = (admission: Admission): Admission => ({
  ...wrapped(admission),
  async admit(claim, signal) {
    const outcome = await admission.admit(claim, signal)
    if ('kind' in outcome) return outcome
    const slow: Hold = {
      get amount() {
        return outcome.amount
      },
      get budgetNumbers() {
        return outcome.budgetNumbers
      },
      grow: async (by) => outcome.grow(by),
      charge: (charge, budgets) => outcome.charge(charge, budgets),
      settled: () => outcome.settled(),
      release: () => outcome.release(),
    }
    return slow
  },
})

const wrapped = (admission: Admission): Admission => ({
  admit: (claim, signal) => admission.admit(claim, signal),
  numbers: (budgets) => admission.numbers(budgets),
  idle: (budget) => admission.idle(budget),
  held: (id) => admission.held(id),
  close: () => admission.close(),
})

describe.each([{ late: false }, { late: true }])('a long stream (answers of the admission are late: $late)', (more) => {
  test('begins with a part of what it may cost, and sets more aside as it goes on', async () => {
    const { call, admission, budget } = open(
      '0.06',
      [
        streamHead,
        { data: role() + word('Hi') },
        { data: words(19_000).join(''), after: 50 },
        { data: finish() + counted(15_000), after: 50 },
        { end: true },
      ],
      more,
    )
    await call.clock.advance(10)
    expect(admission.held(budget.id)).toBeLessThan(parseUsd('0.02'))
    await call.over()
    expect([call.error, call.text.length, call.endedWithDone]).toEqual([undefined, 19_002, true])
    expect(call.record).toMatchObject({ charge: parseUsd('0.03001'), usage: { outputTokens: 15_000 } })
    expect(call.record.usage.capped).toBeUndefined()
    expect(admission.held(budget.id)).toBe(0n)
  })

  test('ends where no more can be set aside, and is charged for what was delivered', async () => {
    const { call, admission, budget } = open('0.012', stream([role(), ...words(9000), finish(), counted(9000)]), more)
    await call.over()
    expect([call.error?.code, call.endedWithDone]).toEqual(['budget_exhausted', false])
    expect(call.text.length).toBeGreaterThan(2000)
    expect(call.text.length).toBeLessThanOrEqual(4096)
    expect(call.record).toMatchObject({ outcome: 'interrupted', errorCode: 'budget_exhausted', budgets: [1] })
    expect(call.record.charge).toBeGreaterThan(0n)
    expect(admission.held(budget.id)).toBe(0n)
    const left = picoUsd(parseUsd('0.012') - (call.record.charge ?? 0n))
    expect(admission.idle(budget)).toBe(left)
  })
})

test('a stream whose upstream counts more than it was seen to say is not charged more than could be set aside', async () => {
  const { call, admission } = open('0.02', stream([role(), word('Hi'), finish(), counted(20_000)]))
  await call.over()
  expect(call.record).toMatchObject({ outcome: 'complete', usage: { capped: true } })
  expect(call.record.charge).toBeLessThanOrEqual(parseUsd('0.02'))
  expect(admission.held(budgetOf('limit'))).toBe(0n)
})

test('the next part is asked for each time when half of the last one is said', async () => {
  const grown: bigint[] = []
  const hold = {
    amount: picoUsd(4000n),
    grow: (by: bigint) => (grown.push(by), 'held'),
  } as unknown as Hold
  const slices = { first: 4000, most: 20_000, choices: 1, cost: (tokens: number) => picoUsd(BigInt(tokens)) }
  const answer = new SlicedAnswer({ write: () => true } as unknown as AnswerSink, hold, slices)
  const askedAfter: number[] = []
  for (let said = 0; said < 12_000; said += 100) {
    const before = grown.length
    answer.write(Buffer.from(word('x'.repeat(100))))
    if (grown.length > before) askedAfter.push(Math.floor((said + 100) / 1000))
  }
  expect(grown).toEqual([4000n, 4000n, 4000n])
  expect(askedAfter).toEqual([2, 6, 10])
})

test('where not even the first slice can be set aside, the call is refused', async () => {
  const { call } = open('0.005', [])
  await call.clock.advance(3000)
  expect(call.error?.code).toBe('insufficient_quota')
})
