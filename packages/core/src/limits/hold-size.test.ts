import fc from 'fast-check'
import { createEngine } from '../create-engine.ts'
import { createFakeTransport } from '../attempt/transport.fake.ts'
import { withinMost } from '../meter/believable-usage.ts'
import { mostInputTokens, mostOfEach } from '../meter/most-usage.ts'
import { parseUsd, picoUsd, zeroUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import { costOf } from '../pricing/cost-of.ts'
import { priceAt } from '../pricing/price-at.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { unitEntries, type CountedByPiece } from '../units.ts'
import type { Usage } from '../usage.ts'
import { mintRequestId } from '../uuid.ts'
import { HoldSize, mostBound, type SizedCall } from './hold-size.ts'

const clock = createFakeClock()
const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }

const usd = fc.integer({ min: 0, max: 2_000_000 }).map((millionths) => (millionths / 1e6).toFixed(6))
const ofTokens = [
  'output',
  'cached_input',
  'cache_write',
  'cache_write_1h',
  'reasoning',
  'audio_input',
  'audio_output',
  'search',
  'request',
]
const conditions = [{ service_tier: 'priority' }, { above_input_tokens: 9000 }, { service_tier: 'flex' }]
/** One price, or rows of which the last holds where no other does. All have the same parts. */
const price = fc
  .tuple(fc.subarray(ofTokens), fc.subarray(conditions), fc.array(usd, { minLength: 40, maxLength: 40 }))
  .map(([names, whens, amounts]) => {
    const row = (at: number) =>
      Object.fromEntries(['input', ...names].map((name, index) => [name, amounts[at * 10 + index] ?? '0']))
    return whens.length === 0 ? row(0) : [...whens.map((when, index) => ({ ...row(index + 1), ...when })), row(0)]
  })

/** Texts that have many tokens for their length. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.uuid(),
  fc.base64String({ maxLength: 400 }),
  fc.constantFrom('👩‍👩‍👧‍👦'.repeat(50), 'a'.repeat(20_000)),
)

const chat = fc.record(
  {
    messages: fc.array(fc.record({ role: fc.constantFrom('user', 'system'), content: text }), {
      minLength: 1,
      maxLength: 4,
    }),
    n: fc.integer({ min: 1, max: 4 }),
    max_tokens: fc.integer({ min: 1, max: 9000 }),
    models: fc.constant(['other']),
    tools: fc.constant([{ type: 'function', function: { name: 'f' } }]),
  },
  { requiredKeys: ['messages'] },
)

const model = (name: string, of: unknown, window: number | undefined) => ({
  [name]: {
    targets: [{ provider: 'one', model: name }],
    price: of,
    ...(window !== undefined && { context_window: window }),
  },
})

function sizing(request: object, prices: readonly unknown[], windows: readonly (number | undefined)[]) {
  const [first, second] = prices
  const engine = createEngine({
    config: {
      providers: { one: { type: 'openai-compatible', base_url: 'http://one', api_key: 'k' } },
      models: { ...model('asked', first, windows[0]), ...model('other', second, windows[1]) } as never,
    },
    instanceId: 'here',
    transport: createFakeTransport(clock, []),
    clock,
    random: () => 0.5,
  })
  const call = operations.chat.write({ model: 'asked', ...request }, facts) as Call
  const plan = engine.plan(call)
  return { call, plan, size: HoldSize.of(call, plan, 3) }
}

/** Parts of what an upstream may count, each from nothing to all of it. */
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  minLength: unitEntries.length,
  maxLength: unitEntries.length,
})

test('whatever an honest upstream counts, the charge is not more than what was set aside', () => {
  fc.assert(
    fc.property(
      chat,
      fc.tuple(price, price),
      fc.tuple(fc.constantFrom(undefined, 8192, 128_000), fc.constantFrom(undefined, 4096)),
      fc.array(fc.bigInt({ min: 0n, max: parseUsd('20') }), { minLength: 1, maxLength: 4 }),
      shares,
      fc.constantFrom(undefined, 'priority', 'flex', 'default'),
      (request, prices, windows, lefts, parts, serviceTier) => {
        const { plan, size } = sizing(request, prices, windows)
        if (size === undefined) return
        for (const sized of sizesOf(size, lefts)) {
          for (const target of plan.targets) {
            const window = target.entry.contextWindow
            const usage = usageOf(sized.call, window, parts, serviceTier)
            const inForce = priceAt(target.entry.prices, facts.receivedAt)
            const charge = inForce && costOf(withinMost(usage, sized.call, window), inForce)
            expect(charge === undefined || charge <= sized.amount).toBe(true)
          }
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('what is asked for within what is left is never more than that', () => {
  fc.assert(
    fc.property(chat, price, fc.bigInt({ min: 0n, max: parseUsd('20') }), (request, of, left) => {
      const { size } = sizing(request, [of, of], [])
      size?.first(picoUsd(left))
      const sized = size?.within(picoUsd(left))
      expect(sized === undefined || sized.amount <= left).toBe(true)
      // And is refused only where even the least is more.
      expect(sized !== undefined || size === undefined || size.least > left).toBe(true)
    }),
    { numRuns: 500 },
  )
})

function* sizesOf(size: HoldSize, lefts: readonly bigint[]): Generator<SizedCall> {
  const [first = 0n, ...others] = lefts
  yield size.first(picoUsd(first))
  for (const left of others) {
    const sized = size.within(picoUsd(left))
    if (sized !== undefined) yield sized
  }
}

/** Counts as an upstream may tell them that keeps to the bound it was sent. */
function usageOf(
  call: Call,
  window: number | undefined,
  parts: readonly number[],
  serviceTier: string | undefined,
): Usage {
  const input = mostInputTokens(call, window)
  const output = operations[call.endpoint].mostOutputTokens(call, window, 0)
  const counts = unitEntries.map(({ count, partOf, per, unit }, index): [string, number] => {
    const whole = unit === 'input' || partOf === 'input' ? input : output
    const most = per === 'million' ? whole : mostOfEach[count as CountedByPiece](call)
    return [count, Math.floor(most * (parts[index] ?? 0))]
  })
  const usage: Record<string, number> = Object.fromEntries(counts)
  delete usage['images']
  delete usage['seconds']
  delete usage['characters']
  return { ...usage, serviceTier }
}

test('a call that sets no limit is sent with what a quarter of what is left buys, and with no less than is usual', () => {
  const rich = sizing(
    { messages: [{ role: 'user', content: 'hi' }] },
    [{ input: '1', output: '2' }, {}],
    [128_000],
  ).size
  expect(limitOf(rich?.first(parseUsd('100')))).toBeUndefined()
  expect(limitOf(rich?.first(parseUsd('0.2')))).toBeGreaterThan(4096)
  expect(limitOf(rich?.first(parseUsd('0.001')))).toBe(4096)
  expect(limitOf(rich?.within(parseUsd('0.004')))).toBeLessThan(4096)
  expect(rich?.within(zeroUsd)).toBeUndefined()
})

test.each([
  { left: '1', tokens: 500, sent: [500, 500] },
  { left: '0.0001', tokens: 500, sent: [500, 100] },
  { left: '0.0001', tokens: 50, sent: [50, 50] },
])('a bound of $tokens that a rate has set is made no longer, and shorter where $left USD buys less', (row) => {
  const free = { input: '0', output: '1' }
  const { call, plan } = sizing({ messages: [{ role: 'user', content: 'Hello!' }] }, [free], [undefined])
  const rated = { ...(operations.chat.limitedTo?.(call as never, row.tokens) ?? call), isBoundByBudget: true }
  const size = HoldSize.of(rated, plan, 3)
  const sized = [size?.first(parseUsd(row.left)), size?.within(parseUsd(row.left))]
  expect(sized.map((one) => one?.call.outline.max_tokens)).toEqual(row.sent)
})

test("a call's own limit stays as it is", () => {
  const { size } = sizing(
    { messages: [{ role: 'user', content: 'hi' }], max_tokens: 50 },
    [{ input: '1', output: '2' }, {}],
    [],
  )
  expect([limitOf(size?.first(parseUsd('100'))), limitOf(size?.first(zeroUsd))]).toEqual([50, 50])
  expect(size?.within(parseUsd('0.0001'))).toBeUndefined()
})

test('what may stand before a prompt does not take from the answer where it is much of what is left', () => {
  const request = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 9000, stream: true }
  const { size } = sizing(request, [{ input: '10', output: '20' }, {}], [128_000])
  const sized = size?.first(parseUsd('0.2'))
  expect(sized?.slices?.cost(9000)).toBeLessThan(parseUsd('0.19'))
})

describe('an answer of 9000 tokens at the most, at a cent and a half', () => {
  test.each([
    { comes: 'as a whole', more: {}, first: '0.0135' },
    { comes: 'as a whole, which nobody goes on with', more: { provider: { continue: true } }, first: '0.0135' },
    { comes: 'as a stream', more: { stream: true }, first: '0.006144' },
    // Whoever goes on with it may charge for it again, and is three at the most.
    {
      comes: 'as a stream that others go on with',
      more: { stream: true, provider: { continue: true } },
      first: '0.0405',
    },
  ])('that comes $comes has $first USD set aside at first, and no less', ({ more, first }) => {
    const request = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 9000, ...more }
    const { size } = sizing(request, [{ input: '0', output: '1.5' }, {}], [128_000])
    expect(size?.first(parseUsd('0.01')).amount).toBe(parseUsd(first))
    expect(size?.least).toBe(parseUsd(first))
    expect(size?.within(picoUsd(parseUsd(first) - 1n))).toBeUndefined()
    expect(size?.within(parseUsd(first))?.amount).toBe(parseUsd(first))
  })
})

describe.each(['targets', 'contextWindow', 'contentPolicy'] as const)('whoever may be asked (%s)', (list) => {
  const messages = [{ role: 'user', content: 'hi' }]
  const prices = [{ input: '0', output: '1.5' }, {}]

  /** What is asked for first where the plan has another of these traits as well. */
  function firstWith(request: object, traits: Partial<Target['entry']>, routesItself = false): SizedCall | undefined {
    const { call, plan } = sizing({ messages, ...request }, prices, [128_000])
    const [{ entry, adapter, ...target }] = plan.targets
    const other = { ...target, entry: { ...entry, ...traits }, adapter: { ...adapter, routesItself } }
    const all = { ...plan, [list]: [...plan[list], other] } as RoutePlan
    return HoldSize.of(call, all, 3)?.first(parseUsd('0.1'))
  }

  test('has a stream set aside as a whole where it may be charged for more than is seen', () => {
    const stream = { max_tokens: 9000, n: 2, stream: true }
    const whole = parseUsd('0.027')
    const sliced = firstWith(stream, {})
    expect(sliced?.slices).toMatchObject({ first: 4096, most: 9000, choices: 2 })
    expect(limitOf(sliced)).toBe(9000)
    for (const sized of [firstWith(stream, { capabilities: ['reasoning'] }), firstWith(stream, {}, true)])
      expect([sized?.amount, sized?.slices]).toEqual([whole, undefined])
  })

  test('has an answer bound to what fits the smallest window', () => {
    expect(limitOf(firstWith({}, {}))).toBe(16_666)
    expect(limitOf(firstWith({}, { contextWindow: 5000 }))).toBeLessThan(5000)
  })
})

describe('a bound', () => {
  const chat = { messages: [{ role: 'user', content: 'hi' }] }
  const free = { input: '0', output: '2' }

  test('is set where the whole window costs more than a quarter of what is left, and not where it costs as much', () => {
    const { call, size } = sizing(chat, [free], [100_000])
    const left = picoUsd(4n * parseUsd('0.2'))
    expect(size?.first(left)).toEqual({ call, amount: parseUsd('0.2') })
    expect(limitOf(size?.first(picoUsd(left - 1n)))).toBe(32_768)
  })

  test('is told to be one of money, and makes the prompt no longer', () => {
    const { call, size } = sizing(chat, [free], [100_000])
    const bound = size?.first(parseUsd('0.01')).call
    expect(bound).toMatchObject({
      isBoundByBudget: true,
      mostPromptTokens: operations.chat.mostInputTokens(call as never),
    })
  })

  test('is no longer for there being more than was thought', () => {
    const { size } = sizing(chat, [free], [3000])
    const bound = Number(limitOf(size?.first(parseUsd('0.001'))))
    expect(bound).toBeLessThan(3000)
    expect(limitOf(size?.within(parseUsd('1')))).toBe(bound)
  })

  test('is of 16 tokens at the least', () => {
    const { size } = sizing(chat, [free], [100_000])
    const least = parseUsd('0.000032')
    expect([size?.least, limitOf(size?.within(least)), size?.within(picoUsd(least - 1n))]).toEqual([
      least,
      16,
      undefined,
    ])
  })

  test.each([
    { windows: [], most: () => 32_768 },
    { windows: [undefined, 100_000], most: () => 32_768 },
    { windows: [20_000, undefined, 10_000], most: (prompt: number) => 10_000 - prompt },
    { windows: [41], most: () => 10 },
  ])('is as long as models take that hold $windows', ({ windows, most }) => {
    const { call, plan } = sizing({ messages: [{ role: 'user', content: 'x'.repeat(120) }] }, [free], [])
    const [target] = plan.targets
    const targets = windows.map((contextWindow) => ({ ...target, entry: { ...target.entry, contextWindow } }))
    const prompt = operations.chat.size(call as never).inputTokens
    expect(prompt).toBeGreaterThan(31)
    expect(mostBound(call, targets)).toBe(most(prompt))
  })
})

test('a prompt with a picture is looked at closely before a call is refused, or answered more shortly', () => {
  const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${'iVBORw0K'.repeat(20_000)}` } }
  const request = { messages: [{ role: 'user', content: [picture] }] }
  const { size } = sizing(request, [{ input: '1', output: '1' }, {}], [undefined])
  // Its letters would be a token each.
  expect(size?.first(parseUsd('100')).amount).toBeGreaterThan(parseUsd('0.16'))
  const sized = size?.within(parseUsd('0.1'))
  expect(limitOf(sized)).toBe(4096)
  expect(sized?.amount).toBeLessThan(parseUsd('0.1'))
  expect(sized?.call.mostPromptTokens).toBeLessThan(100_000)
  const limited = sizing({ ...request, max_tokens: 50 }, [{ input: '1', output: '1' }, {}], [undefined]).size
  expect(limited?.first(parseUsd('100')).amount).toBeGreaterThan(parseUsd('0.16'))
  expect(limited?.within(parseUsd('0.1'))?.amount).toBeLessThan(parseUsd('0.1'))
})

test('an answer that others are to take up may be charged more than once', () => {
  const messages = [{ role: 'user', content: 'hi' }]
  const request = { messages, max_tokens: 50, stream: true }
  const once = sizing(request, [{ input: '1', output: '2' }, {}], []).size?.least ?? zeroUsd
  const taken = sizing({ ...request, provider: { continue: true } }, [{ input: '1', output: '2' }, {}], []).size?.least
  expect(taken).toBeGreaterThanOrEqual(3n * once)
})

const limitOf = (sized: SizedCall | undefined): unknown =>
  (sized?.call.outline as { readonly max_tokens?: number } | undefined)?.max_tokens
