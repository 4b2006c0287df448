import fc from 'fast-check'
import type { StrategyName } from '../config.ts'
import { buildRoutingTable } from './routing-table.ts'
import { ascending, strategies, type StrategyContext } from './strategy.ts'
import type { Target } from './target.ts'

const provider = (name: string) => ({ type: 'openai-compatible', base_url: `http://${name}` }) as const
const names = ['one', 'two', 'three']

/** Three targets of one model; the second costs the operator least. */
function targets(): readonly Target[] {
  const table = buildRoutingTable({
    providers: Object.fromEntries(names.map((name) => [name, provider(name)])),
    models: {
      a: {
        targets: [
          { provider: 'one', cost: { input: '3', output: '3' } },
          { provider: 'two', cost: { input: '1', output: '2' } },
          { provider: 'three' },
        ],
        price: { input: '2', output: '2' },
      },
    },
  })
  return table.find('a')?.targets ?? []
}

const context: StrategyContext = { random: () => 0.5, weights: {}, now: 0 }
const order = (strategy: StrategyName, of = targets(), more: Partial<StrategyContext> = {}): string[] =>
  strategies[strategy](of, { ...context, ...more }).map((target) => target.provider)

const measured = (firstOutputMs: number, tokens: number) => ({
  failure: undefined,
  firstOutputMs,
  durationMs: 1000,
  outputTokens: tokens,
})

test('ordered keeps the order of the configuration', () => {
  expect(order('ordered')).toEqual(names)
})

test('price puts what the operator pays least for first', () => {
  expect(order('price')).toEqual(['two', 'three', 'one'])
})

test('what is equal keeps its order', () => {
  const rank = fc.oneof(fc.constantFrom(Infinity, -Infinity, 0, 1, 2), fc.double({ noNaN: true }))
  fc.assert(
    fc.property(fc.array(rank, { maxLength: 40 }), (ranks) => {
      const ranked = ranks.map((_, place) => ({ place }) as unknown as Target)
      const rankOf = (target: Target): number => ranks[ranked.indexOf(target)] ?? 0
      // Stable by the language's own word.
      const sorted = ranked.toSorted((a, b) => (rankOf(a) === rankOf(b) ? 0 : rankOf(a) < rankOf(b) ? -1 : 1))
      expect(ascending(ranked, rankOf)).toEqual(sorted)
    }),
  )
})

test('latency and throughput go by the median, after what nobody has measured yet', () => {
  const [one, two, three] = targets() as [Target, Target, Target]
  for (const [target, outcome] of [
    [one, measured(300, 90)],
    [two, measured(100, 10)],
  ] as const) {
    target.health.begin(0)
    target.health.end(0, outcome)
  }
  expect(order('latency', [one, two, three])).toEqual(['three', 'two', 'one'])
  expect(order('throughput', [one, two, three])).toEqual(['three', 'one', 'two'])
})

test('least_busy goes by the attempts under way', () => {
  const [one, two, three] = targets() as [Target, Target, Target]
  one.health.begin(0)
  one.health.begin(0)
  three.health.begin(0)
  expect(order('least_busy', [one, two, three])).toEqual(['two', 'three', 'one'])
})

test('weighted gives each its share, and a weight of 0 the last place', () => {
  const counts = { one: 0, two: 0, three: 0 }
  const weights = { one: 3, two: 1, three: 0 }
  for (let step = 0; step < 400; step += 1) {
    const [first, , last] = order('weighted', targets(), { weights, random: () => (step + 0.5) / 400 })
    counts[first as keyof typeof counts] += 1
    expect(last).toBe('three')
  }
  expect(counts).toEqual({ one: 300, two: 100, three: 0 })
})

test.each(Object.keys(strategies) as StrategyName[])('%s loses no target and makes none up', (strategy) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.dictionary(fc.constantFrom(...names), fc.double({ min: 0, max: 10, noNaN: true })),
      (random, weights) => {
        expect(order(strategy, targets(), { random: () => random, weights }).toSorted()).toEqual(names.toSorted())
      },
    ),
  )
})
