import fc from 'fast-check'
import type { AnswerSink, Engine } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { mostInputTokens } from '../meter/most-usage.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Usage } from '../usage.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { mostIn, rate } from './rates/rates.fake.ts'
import { LocalRates } from './rates/local-rates.ts'
import { RateCounts } from './rates/rate-counts.ts'
import { tokenRatesLayer } from './rates-layer.ts'
import { boundByRates } from './token-bound.ts'

const clock = createFakeClock()
const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
const chat = (more: object = {}): Call =>
  operations.chat.write({ model: 'm', messages: [{ role: 'user', content: 'Hello!' }], ...more }, facts)

const sizeOf = (call: Call) => operations[call.endpoint].size(call)

const bound = (call: Call, amount: number, remaining = amount, most = 1_000_000) =>
  boundByRates(call, [{ applied: rate('tpm', amount), remaining, resetMs: 0 }], () => most)

describe('of a rate of tokens', () => {
  const prompt = sizeOf(chat()).inputTokens

  test('a call takes the answer that its caller allows, and is sent as it is', () => {
    const call = chat({ max_tokens: 500, n: 2 })
    expect(bound(call, 100)).toEqual({ call, tokens: sizeOf(call).inputTokens + 1000 })
  })

  test.each([
    { what: 'an eighth of what is left', amount: 800_000, remaining: 400_000, answer: 50_000 },
    { what: 'what is usual', amount: 20_000, remaining: 20_000, answer: 4096 },
    { what: 'what is usual, though it is not there', amount: 80_000, remaining: 1000, answer: 4096 },
    { what: 'half of what is left', amount: 1000, remaining: 500, answer: 250 },
    { what: 'an eighth of the rate, though it is not there', amount: 1000, remaining: 0, answer: 125 },
    { what: 'no less than an answer needs', amount: 20, remaining: 20, answer: 16 },
  ])('an answer without a limit takes $what', ({ amount, remaining, answer }) => {
    const { call, tokens } = bound(chat(), amount, remaining === 0 ? 0 : remaining + prompt)
    const given = sizeOf(call).outputTokens ?? 0
    expect(Math.abs(given - answer)).toBeLessThan(answer * 0.01 + 2)
    expect(tokens).toBe(prompt + given)
    expect(call.isBoundByBudget).toBe(true)
  })

  test('the limit that a body is given is no part of the prompt that it can have at the most', () => {
    const call = chat()
    const { call: sent } = bound(call, 1000)
    expect(sent.body.length).toBeGreaterThan(call.body.length)
    expect(mostInputTokens(sent, undefined)).toBe(mostInputTokens(call, undefined))
  })

  test('each of several answers has its part, and none more than its model takes', () => {
    expect(sizeOf(bound(chat({ n: 4 }), 800_000).call).outputTokens).toBeLessThanOrEqual(100_000)
    expect(sizeOf(bound(chat(), 800_000, 800_000, 2048).call).outputTokens).toBe(2048)
  })

  test.each([
    {
      what: 'it is sent as it is where its longest answer is next to nothing of what is left',
      n: 1,
      left: 262_144 * 1024,
    },
    { what: 'each of several answers counts as the longest', n: 3, left: 3 * 262_144 * 1024 },
  ])('$what', ({ n, left }) => {
    const call = chat({ n })
    const own = Math.ceil(sizeOf(call).inputTokens)
    expect(bound(call, 1_000_000_000, left + own)).toEqual({ call, tokens: own + n * 262_144 })
    const less = bound(call, 1_000_000_000, left + own - 1, 32_768)
    expect(less.call.isBoundByBudget).toBe(true)
    expect(less.tokens).toBe(own + n * 32_768)
  })

  test('the rate that has least left says whether it is sent as it is', () => {
    const standings = [1_000_000_000, 1_000_000].map((amount) => ({
      applied: rate('tpm', amount),
      remaining: amount,
      resetMs: 0,
    }))
    expect(boundByRates(chat(), standings).call.isBoundByBudget).toBe(true)
    expect(boundByRates(chat(), standings.toReversed()).call.isBoundByBudget).toBe(true)
  })

  test('what has no length to limit takes its prompt', () => {
    const call = operations.embeddings.write({ model: 'm', input: 'Hello!' }, facts)
    expect(bound(call, 100)).toEqual({ call, tokens: Math.ceil(sizeOf(call).inputTokens) })
  })
})

/** An upstream that keeps to the bounds that it is sent: each answer is open until it is ended. */
function upstream() {
  const open: { readonly at: number; readonly prompt: number; readonly call: Call; readonly sink: AnswerSink }[] = []
  /** @param prompt how many tokens the one has that is asked last: a bound in the body is no part of it. */
  const engine = (now: () => number, prompt: () => number): Engine => ({
    start(call, sink) {
      open.push({ at: now(), prompt: prompt(), call, sink })
      return { resume() {}, abort() {} }
    },
  })
  return { open, engine }
}

const sink: AnswerSink = {
  commit() {},
  write: () => true,
  settle() {},
  finish() {},
  fail() {},
  refuse() {},
}

test.each<[what: string, usage: Usage, outcome: UsageRecord['outcome'], used: number]>([
  ['its prompt, where only that is known', { inputTokens: 30 }, 'complete', 30],
  ['its answer, where only that is known', { outputTokens: 50 }, 'complete', 50],
  [
    'what it took, where nobody knows what it used',
    {},
    'complete',
    500 + Math.ceil(sizeOf(chat({ max_tokens: 500 })).inputTokens),
  ],
  ['nothing where it failed, and nobody knows of anything', {}, 'failed', 0],
  ['what it used where it failed', { inputTokens: 30, outputTokens: 2 }, 'failed', 32],
])('an answer counts %s', (_, usage, outcome, used) => {
  const rates = new LocalRates({ counts: new RateCounts(), now: () => 0 })
  const applied = [rate('tpm', 1000)]
  const { open, engine } = upstream()
  const layer = tokenRatesLayer({ book: { appliedTo: () => ({ money: [], rates: applied }) }, rates, clock })
  layer(
    engine(
      () => 0,
      () => 0,
    ),
  ).start(chat({ max_tokens: 500 }), sink)
  void open[0]?.sink.settle({ usage, outcome } as UsageRecord)
  expect(rates.known(applied)[0]?.remaining).toBe(1000 - used)
})

const steps = fc.array(
  fc.record({
    afterMs: fc.nat({ max: 9000 }),
    /** Ends this one of those under way, with so much of what it was allowed. */
    ends: fc.option(fc.record({ which: fc.nat(), share: fc.double({ min: 0, max: 1, noNaN: true }) })),
    max: fc.option(fc.integer({ min: 1, max: 3000 })),
    words: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 10, maxLength: 120 },
)

test('however many answers without a limit are under way, no 60 s come to more tokens than the rate', () => {
  let refused = 0
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 60_000 }), steps, (amount, all) => {
      let now = 0
      let prompt = 0
      const rates = new LocalRates({ counts: new RateCounts(), now: () => now })
      const applied = [rate('tpm', amount)]
      const book = { appliedTo: () => ({ money: [], rates: applied }) }
      const { open, engine } = upstream()
      const layer = tokenRatesLayer({ book, rates, clock })(
        engine(
          () => now,
          () => prompt,
        ),
      )
      const used: [number, number][] = []
      const end = (which: number, share: number): void => {
        const [ended] = open.splice(which % Math.max(1, open.length), 1)
        if (ended === undefined) return
        const { outputTokens = Infinity } = sizeOf(ended.call)
        const usage = { inputTokens: Math.floor(ended.prompt), outputTokens: Math.floor(outputTokens * share) }
        used.push([ended.at, usage.inputTokens + usage.outputTokens])
        void ended.sink.settle({ usage, outcome: 'complete' } as unknown as UsageRecord)
      }
      for (const { afterMs, ends, max, words } of all) {
        now += afterMs
        const content = 'word '.repeat(words)
        const call = chat({ messages: [{ role: 'user', content }], ...(max !== null && { max_tokens: max }) })
        prompt = sizeOf(call).inputTokens
        try {
          layer.start(call, sink)
        } catch (error) {
          if (!SpekaError.is(error)) throw error
          expect(error.code).toBe('rate_limit_exceeded')
          refused += 1
        }
        if (ends !== null) end(ends.which, ends.share)
      }
      // The most that those under way can still come to.
      while (open.length > 0) end(0, 1)
      used.sort(([one], [other]) => one - other)
      expect(mostIn(used, 60_000)).toBeLessThanOrEqual(amount)
    }),
  )
  expect(refused).toBeGreaterThan(0)
})
