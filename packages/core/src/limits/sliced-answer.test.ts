import { ask, config } from '../front/ask.fake.ts'
import {
  done,
  event,
  finish,
  role,
  stream,
  streamHead,
  usageEvent,
  word,
  type ReplyScript,
} from '../attempt/transport.fake.ts'
import { parseUsd, picoUsd } from '../money.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { AnswerSink } from '../engine.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Admission, GrowOutcome, Hold } from './admission.ts'
import { createAdmission } from './leases/lease-admission.ts'
import { SlicedAnswer, type Slices } from './sliced-answer.ts'
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

/** A stream of which 400 tokens are set aside at first, at a unit each, and whose next slices a test answers for. */
function sliced(grows: (by: bigint) => GrowOutcome | Promise<GrowOutcome>, more: Partial<Slices> = {}, takes = true) {
  const told: string[] = []
  const written: string[] = []
  const records: UsageRecord[] = []
  let amount = 400n
  const grown = (outcome: GrowOutcome, by: bigint): GrowOutcome => {
    if (outcome === 'held') amount += by
    return outcome
  }
  const hold = {
    get amount() {
      return picoUsd(amount)
    },
    grow(by: bigint) {
      told.push(`grows by ${by}`)
      const outcome = grows(by)
      return outcome instanceof Promise ? outcome.then((late) => grown(late, by)) : grown(outcome, by)
    },
  } as unknown as Hold
  const sink = {
    write: (frames: Buffer) => (written.push(frames.toString()), takes),
    settle: (record: UsageRecord) => void records.push(record),
  } as unknown as AnswerSink
  const slices = { first: 400, most: 2000, choices: 1, cost: (tokens: number) => picoUsd(BigInt(tokens)), ...more }
  const answer = new SlicedAnswer(sink, hold, slices)
  answer.attach({
    resume: () => void told.push('resumed'),
    abort: (error) => void told.push(`ended: ${error?.code}, again in ${error?.retryAfterMs}`),
  })
  return {
    told,
    written,
    records,
    write: (...frames: string[]): boolean => answer.write(Buffer.from(frames.join(''))),
    say: (tokens: number, index = 0): boolean => answer.write(Buffer.from(word('x'.repeat(tokens), index))),
    settle: (charge: bigint | undefined) =>
      answer.settle({ usage: {}, charge: charge === undefined ? undefined : picoUsd(charge) } as UsageRecord),
  }
}

/** The store's answers, by hand. */
function byHand() {
  const asked: ((outcome: GrowOutcome) => void)[] = []
  const grows = (): Promise<GrowOutcome> => new Promise((resolve) => asked.push(resolve))
  const answer = async (outcome: GrowOutcome): Promise<void> => {
    asked.shift()?.(outcome)
    for (let turn = 0; turn < 10; turn += 1) await undefined
  }
  return { grows, answer }
}

test('a slice that is refused is asked for again while the last one goes on, and before what is not paid for', () => {
  const { say, told, written } = sliced(() => 'exhausted', { first: 1000 })
  const takes = Array.from({ length: 12 }, () => say(100))
  const asked = 'grows by 1000'
  expect(told).toEqual([asked, asked, asked, 'ended: budget_exhausted, again in undefined'])
  // Beyond the half, and 256 later: and whoever goes on to send is not held up.
  expect([written.length, takes.every(Boolean)]).toEqual([10, true])
})

test('several choices share what is set aside', () => {
  const { say, told } = sliced(() => 'held', { choices: 2 })
  say(200, 0)
  say(200, 1)
  expect(told).toEqual([])
  say(1, 1)
  expect(told).toEqual(['grows by 400'])
})

test('once all that it may come to is set aside nothing is counted any more', () => {
  const { say, told, written } = sliced(() => 'held', { most: 500 })
  say(201)
  expect(told).toEqual(['grows by 100'])
  say(5000)
  say(5000)
  expect([told.length, written.length]).toEqual([1, 3])
})

describe('what comes while the next slice is asked for', () => {
  test.each([true, false])(
    'goes on at once as far as it is paid for, and with the answer (is taken: %s)',
    async (taken) => {
      const { grows, answer } = byHand()
      const { say, told, written } = sliced(grows, {}, taken)
      expect([say(300), say(100)]).toEqual([taken, taken])
      expect([say(1), say(1), written.length]).toEqual([false, false, 2])
      await answer('held')
      expect(written).toHaveLength(4)
      expect(told).toEqual(['grows by 400', ...(taken ? ['resumed'] : [])])
    },
  )

  test('goes on with as many slices as it takes', async () => {
    const { grows, answer } = byHand()
    const { say, told, written } = sliced(grows)
    expect([say(1000), written.length]).toEqual([false, 0])
    await answer('held')
    expect(written).toEqual([])
    await answer('held')
    expect([told, written.length]).toEqual([['grows by 400', 'grows by 400', 'resumed'], 1])
  })

  test.each([
    ['exhausted', 'budget_exhausted, again in undefined'],
    ['unknown', 'limit_unavailable, again in 1000'],
  ] as const)('is not delivered where that is %s', async (outcome, code) => {
    const { grows, answer } = byHand()
    const { say, told, written, records, settle } = sliced(grows)
    say(300)
    say(101)
    await answer(outcome)
    expect(told).toEqual(['grows by 400', `ended: ${code}`])
    await settle(300n)
    expect([written.length, records.length]).toEqual([1, 1])
  })

  test('is nothing that ends it where it was paid for', async () => {
    const { grows, answer } = byHand()
    const { say, told } = sliced(grows)
    say(300)
    await answer('unknown')
    expect([say(100), told]).toEqual([true, ['grows by 400']])
  })

  test('is delivered when the answer is over, which waits for it: what it cost is known by then', async () => {
    const { grows, answer } = byHand()
    const { say, written, records, settle } = sliced(grows)
    say(300)
    say(101)
    const settled = settle(390n)
    await answer('exhausted')
    await settled
    expect(written).toHaveLength(2)
    expect(records).toEqual([{ usage: {}, charge: 390n }])
  })
})

test('an answer that is over does not wait for a slice that it has no need of', () => {
  const { say, records, settle } = sliced(byHand().grows)
  say(300)
  void settle(300n)
  expect(records).toHaveLength(1)
})

describe('an answer that has cost more than was set aside', () => {
  const capped = { charge: 400n, usage: { capped: true } }

  test.each([
    ['held', { charge: 450n, usage: {} }],
    ['exhausted', capped],
    ['unknown', capped],
  ] as const)(
    'is charged what it cost if that can be set aside, and as much as was if not (%s)',
    async (outcome, record) => {
      const atOnce = sliced(() => outcome)
      void atOnce.settle(450n)
      const { grows, answer } = byHand()
      const later = sliced(grows)
      const settled = later.settle(450n)
      await answer(outcome)
      await settled
      for (const { told, records } of [atOnce, later])
        expect({ told, records }).toEqual({ told: ['grows by 50'], records: [record] })
    },
  )

  test.each([undefined, 400n])('is none that has cost %s', (charge) => {
    const { told, records, settle } = sliced(() => 'held')
    void settle(charge)
    expect([told, records]).toEqual([[], [{ usage: {}, charge }]])
  })
})

const choice = (more: object) => event({ id: 'x'.repeat(99), model: 'up', choices: [{ index: 0, ...more }] })

describe('what a frame is taken to bring', () => {
  const logprobs = { content: [{ token: 'x'.repeat(99), logprob: -1, top_logprobs: [] }] }
  const call = { index: 0, id: 'x'.repeat(99), type: 'function', function: { name: 'f', arguments: 'x'.repeat(20) } }

  test.each([
    { what: 'the bytes of its words', frames: [word('né'.repeat(10))], tokens: 30 },
    { what: 'those of all its words', frames: [word('x'.repeat(10)), word('x'.repeat(20))], tokens: 30 },
    { what: 'those of tool calls', frames: [choice({ delta: { role: 'assistant', tool_calls: [call] } })], tokens: 21 },
    {
      what: 'no reasons and no probabilities',
      frames: [choice({ delta: { content: 'x'.repeat(20) }, logprobs, finish_reason: 'length', stop: null })],
      tokens: 20,
    },
    {
      what: 'those of other dialects',
      frames: [event({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'x'.repeat(20) } })],
      tokens: 20,
    },
    { what: 'nothing of what is no event', frames: [word('x'.repeat(20)), ': alive\n\n', done], tokens: 20 },
  ])('is $what', ({ frames, tokens }) => {
    const asksAt = (half: number): boolean => {
      const { write, told } = sliced(() => 'held', { first: 2 * half })
      write(...frames)
      return told.length > 0
    }
    expect([asksAt(tokens), asksAt(tokens - 1)]).toEqual([false, true])
  })
})

test('where not even the first slice can be set aside, the call is refused', async () => {
  const { call } = open('0.005', [])
  await call.clock.advance(3000)
  expect(call.error?.code).toBe('insufficient_quota')
})
