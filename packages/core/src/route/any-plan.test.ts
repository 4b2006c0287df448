import fc from 'fast-check'
import type { GatewayConfig, RoutingConfig, PriceConfig, StrategyName } from '../config.ts'
import { SpekaError } from '../errors.ts'
import type { Failure } from '../failure.ts'
import { HealthBook } from '../health/health-book.ts'
import { mintRequestId } from '../uuid.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { planRoute } from './plan-route.ts'
import { buildRoutingTable } from './routing-table.ts'
import { placeOf } from './target.ts'

const names = ['one', 'two', 'three', 'four']

/** Models at some providers each, with prices that go up; the last one takes short prompts only. */
const config: GatewayConfig = {
  providers: Object.fromEntries(
    names.map((name) => [name, { type: 'openai-compatible', base_url: `http://${name}` } as const]),
  ),
  models: {
    cheap: { targets: at('one', 'two'), price: { input: '1', output: '2' } },
    usual: { targets: at('two', 'three', 'four'), price: { input: '3', output: '6' } },
    dear: { targets: at('four', 'one'), price: { input: '9', output: '18' } },
    short: { targets: at('three', 'one'), price: { input: '2', output: '2' }, context_window: 50 },
  },
}

function at(...providers: string[]): { provider: string; model: string }[] {
  return providers.map((provider) => ({ provider, model: `m-at-${provider}` }))
}

const failure: Failure = { class: 'transient', mayBeBilled: false, message: 'failed' }
const outcome = { firstOutputMs: undefined, durationMs: 10, outputTokens: undefined }

const models = fc.constantFrom('cheap', 'usual', 'dear', 'short')
const some = fc.option(fc.subarray(names), { nil: undefined })

const circumstances = fc.record({
  asked: models,
  fallbacks: fc.array(models, { maxLength: 3 }),
  only: some,
  ignore: some,
  order: some,
  allowsFallbacks: fc.boolean(),
  mostInput: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
  sort: fc.option(fc.constantFrom('price', 'throughput', 'latency' as const), { nil: undefined }),
  strategy: fc.constantFrom<StrategyName>('ordered', 'weighted', 'price', 'latency', 'throughput', 'least_busy'),
  isLong: fc.boolean(),
  // Places that have failed five times in a row.
  failing: fc.subarray(Object.entries(config.models ?? {}).flatMap(([, { targets = [] }]) => targets)),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

test('a plan has each place once, none that is ruled out, and gives a reason for every one it leaves out', () => {
  fc.assert(
    fc.property(circumstances, (given) => {
      const { asked, fallbacks, only, ignore, order, allowsFallbacks, mostInput, sort, strategy, isLong, failing } =
        given
      const health = new HealthBook()
      for (const { provider, model = '' } of failing) {
        for (let time = 0; time < 5; time += 1) {
          health.of(provider, model).begin(0)
          health.of(provider, model).end(0, { ...outcome, failure })
        }
      }
      const table = buildRoutingTable(config, health)
      const call = writeChatCall(
        {
          model: asked,
          messages: [{ role: 'user', content: isLong ? 'word '.repeat(100) : 'hi' }],
          provider: {
            ...(only !== undefined && { only }),
            ...(ignore !== undefined && { ignore }),
            ...(order !== undefined && { order }),
            ...(sort !== undefined && { sort }),
            ...(mostInput !== undefined && { max_price: { prompt: mostInput } }),
            allow_fallbacks: allowsFallbacks,
          },
        },
        { id: mintRequestId(0), receivedAt: 0 },
      )
      const routing: RoutingConfig = { strategy, fallbacks: { [asked]: fallbacks } }
      const question = { endpoint: 'chat', model: asked, models: [], call } as const
      const plan = () => planRoute(question, table, routing, { random: () => given.random, monotonic: 1 })

      /** Whether the request's own preferences let a target be tried. */
      const isWanted = (provider: string, model: string): boolean =>
        (only === undefined || only.includes(provider)) &&
        ignore?.includes(provider) !== true &&
        (mostInput === undefined ||
          Number((config.models?.[model]?.price as PriceConfig | undefined)?.input) <= mostInput)
      const candidates = [asked, ...fallbacks].flatMap((model) =>
        (config.models?.[model]?.targets ?? []).map(({ provider }) => ({ model, provider })),
      )

      let made: ReturnType<typeof plan>
      try {
        made = plan()
      } catch (error) {
        expect(SpekaError.is(error) && error.code).toBe('no_matching_target')
        expect(candidates.filter(({ provider, model }) => isWanted(provider, model))).toEqual([])
        return
      }
      const { targets, excluded } = made
      const places = targets.map(placeOf)
      expect(places).toEqual([...new Set(places)])
      for (const { provider, model } of targets) expect([provider, isWanted(provider, model)]).toEqual([provider, true])
      if (!allowsFallbacks) expect(targets).toHaveLength(1)

      // One that fails is tried only when nothing else is left.
      const open = targets.filter((target) => target.health.state(1) === 'open')
      if (open.length > 0) expect(targets).toHaveLength(1)

      for (const { provider, model } of candidates) {
        const isThere = places.includes(`${provider}\nm-at-${provider}`)
        const isTold = excluded.some((one) => one.provider === provider && one.reason !== '')
        expect([provider, model, isThere || isTold]).toEqual([provider, model, true])
      }
    }),
    { numRuns: 500 },
  )
})
