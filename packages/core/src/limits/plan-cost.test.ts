import { createEngine } from '../create-engine.ts'
import { createFakeTransport } from '../attempt/transport.fake.ts'
import type { ModelConfig } from '../config.ts'
import { parsePricePerMillion, parseUsd, picoUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import { PlanCost, pricedPart } from './plan-cost.ts'

const clock = createFakeClock()
const [input, output, request] = [parsePricePerMillion('1'), parsePricePerMillion('2'), parseUsd('0.5')]
const price = { input: '1', output: '2', request: '0.5' }

/** A call whose prompt has a hundred tokens at the most, planned for models of these prices. */
function planned(prices: readonly ModelConfig['price'][], more: object = {}, operation: 'chat' | 'images' = 'chat') {
  const models = prices.map((of, index) => [`m${index}`, { targets: [{ provider: 'one' }], price: of }] as const)
  const engine = createEngine({
    config: {
      providers: { one: { type: 'openai-compatible', base_url: 'http://one', api_key: 'k' } },
      models: Object.fromEntries(models),
    },
    instanceId: 'here',
    transport: createFakeTransport(clock, []),
    clock,
    random: () => 0.5,
  })
  const [first = '', ...others] = models.map(([id]) => id)
  const written = { model: first, models: others, messages: [{ role: 'user', content: 'Hi' }], ...more }
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const call: Call = { ...operations[operation].write(written, facts), mostPromptTokens: 100 }
  return { call, plan: engine.plan(call) }
}

const costOf = (prices: readonly ModelConfig['price'][], more?: object, attempts?: number): PlanCost => {
  const { call, plan } = planned(prices, more)
  const cost = PlanCost.of(call, plan, attempts)
  if (cost === undefined) throw new Error('somebody has no price')
  return cost
}

describe('the most that a call may be charged', () => {
  test('is its prompt, each request, and its answer, of each choice', () => {
    expect(costOf([price]).most(0)).toBe(100n * input + request)
    expect(costOf([price]).most(10)).toBe(100n * input + 10n * output + request)
    expect(costOf([price], { n: 3 }).most(10)).toBe(100n * input + 30n * output + request)
    expect(costOf([price], { max_tokens: 7 }).most()).toBe(100n * input + 7n * output + request)
  })

  test('is each piece that it may be answered with, where those are charged in place of tokens', () => {
    const { call, plan } = planned([{ image: '0.04' }], { prompt: 'A cat', n: 2 }, 'images')
    const cost = PlanCost.of(call, plan)
    expect(cost?.most()).toBe(parseUsd('0.08'))
    expect([parseUsd('0.08'), picoUsd(parseUsd('0.08') - 1n)].map((amount) => cost?.tokensFor(amount))).toEqual([
      Infinity,
      -1,
    ])
  })

  test('is by the dearest of those that may answer', () => {
    const dear = { input: '4', output: '1' }
    expect(costOf([price, dear]).most(0)).toBe(100n * input + request)
    expect(costOf([{ ...price, request: '0' }, dear]).most(0)).toBe(400n * input)
    expect(costOf([{ ...price, request: '0' }, dear]).most(1000)).toBe(100n * input + 1000n * output)
  })

  test.each(['contextWindow', 'contentPolicy'] as const)(
    'is by the dearest of those as well that are asked only in place of others (%s)',
    (list) => {
      const cheap = { input: '1', output: '2' }
      const { call, plan } = planned([cheap, cheap, { input: '4', output: '1' }])
      const [one, two, dear] = plan.targets
      const mostOf = (targets: RoutePlan['targets']) => PlanCost.of(call, { ...plan, targets, [list]: [dear] })?.most(0)
      expect([mostOf([one]), mostOf([one, two!])]).toEqual([400n * input, 400n * input])
    },
  )

  test('is as much again for each attempt that takes an answer up, with what those before it have said', () => {
    expect(costOf([price], {}, 3).most(0)).toBe(300n * input + 3n * request)
    expect(costOf([price], {}, 3).most(10)).toBe(300n * input + 30n * (output + input) + 3n * request)
    const byTheLetter = { character: '0.01' }
    expect(costOf([byTheLetter], {}, 3).most(0)).toBe(3n * costOf([byTheLetter]).most(0))
    expect(costOf([byTheLetter]).most(0)).toBeGreaterThan(0n)
  })

  test('is nothing where everything is free', () => {
    expect(costOf([{ input: '0', output: '0' }]).most()).toBe(0n)
  })

  test.each<{ what: string; prices: readonly ModelConfig['price'][]; most: bigint | undefined }>([
    { what: 'unknown where somebody has no price', prices: [price, undefined], most: undefined },
    { what: 'unknown of words at a price for pictures', prices: [{ image: '0.04' }], most: undefined },
    { what: 'that of requests where they have one', prices: [{ image: '0.04', request: '0.5' }], most: request },
    {
      what: 'that of requests, and of what may be searched, where they have one',
      prices: [{ search: '0', request: '0.5' }],
      most: request,
    },
    { what: 'unknown where one pays for searches alone', prices: [{ search: '0.1' }], most: undefined },
  ])('is $what', ({ prices, most }) => {
    const { call, plan } = planned(prices)
    expect(PlanCost.of(call, plan)?.most()).toBe(most)
  })
})

/** All that a call costs but for its answer. */
const fixed = 100n * input + request
const tokensFor = (amount: bigint, more?: object): number => costOf([price], more).tokensFor(picoUsd(fixed + amount))

describe('the tokens that an amount is enough for', () => {
  test('are whole ones, shared by the choices, and none where all else costs as much', () => {
    expect([-1n, 0n, 10n * output - 1n, 10n * output].map((amount) => tokensFor(amount))).toEqual([-1, 0, 9, 10])
    expect(tokensFor(10n * output, { n: 3 })).toBe(3)
    expect(tokensFor(7n * output, { max_tokens: 7 })).toBe(Infinity)
    expect(tokensFor(7n * output - 1n, { max_tokens: 7 })).toBe(6)
  })

  test('are none where pieces and all that is charged besides them cost more', () => {
    const { call, plan } = planned([{ image: '0.04', request: '0.5' }], { prompt: 'A cat', n: 2 }, 'images')
    const cost = PlanCost.of(call, plan)
    expect([parseUsd('0.58'), picoUsd(parseUsd('0.58') - 1n)].map((amount) => cost?.tokensFor(amount))).toEqual([
      Infinity,
      -1,
    ])
  })

  test('are as few as at the dearest, and without an end where answers cost nothing', () => {
    const dearer = { ...price, output: '4' }
    expect(costOf([price, dearer]).tokensFor(picoUsd(fixed + 8n * output))).toBe(4)
    expect(costOf([{ input: '1', output: '0' }]).tokensFor(picoUsd(100n * input))).toBe(Infinity)
  })
})

test('an answer is no longer than the window of its model, unless a gateway may choose another', () => {
  const { call, plan } = planned([{ input: '1', output: '2' }])
  const [target] = plan.targets
  const mostOf = (routesItself: boolean) => {
    const entry = { ...target.entry, contextWindow: 50 }
    const adapter = { ...target.adapter, routesItself }
    return PlanCost.of(call, { ...plan, targets: [{ ...target, entry, adapter }] })?.most()
  }
  expect([mostOf(false), mostOf(true)]).toEqual([100n * input + 50n * output, PlanCost.of(call, plan)?.most()])
})

test.each(['contextWindow', 'contentPolicy'] as const)(
  'a plan goes on without those that have no price also where they are asked in place of others (%s)',
  (list) => {
    const { call, plan } = planned([price, undefined, price])
    const [first, free, last] = plan.targets
    const planWith = (others: readonly (Target | undefined)[]) =>
      ({ ...plan, targets: [first], [list]: others }) as RoutePlan
    expect(pricedPart(planWith([free, last]), call)).toEqual(planWith([last]))
  },
)

test('a plan goes on without those that have no price, unless that is whoever is asked first', () => {
  const ids = (prices: readonly ModelConfig['price'][]): readonly string[] | undefined => {
    const { call, plan } = planned(prices)
    return pricedPart(plan, call)?.targets.map(({ model }) => model)
  }
  expect(ids([price, undefined, price])).toEqual(['m0', 'm2'])
  expect(ids([undefined, price])).toBeUndefined()
  const { call, plan } = planned([price, price])
  expect(pricedPart(plan, call)).toBe(plan)
})
