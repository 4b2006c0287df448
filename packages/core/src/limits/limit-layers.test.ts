import type { RoutingConfig } from '../config.ts'
import type { AnswerSink, Run } from '../engine.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { RoutingTable } from '../route/routing-table.ts'
import type { Target } from '../route/target.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import type { Admission } from './admission.ts'
import { withMoneyLimits, type RoutingEngine } from './limit-layers.ts'
import { LocalRates } from './rates/local-rates.ts'
import { RateCounts } from './rates/rate-counts.ts'
import { rate } from './rates/rates.fake.ts'

const clock = createFakeClock()
const target = (contextWindow: number) => ({ entry: { contextWindow } }) as unknown as Target

interface Sent {
  readonly has: readonly number[]
  readonly planned: readonly [number, ...number[]]
  readonly routing?: RoutingConfig
  readonly more?: object
}

/** What a call is sent with where its model has targets of these windows, and its plan others; and how often it was planned for that. */
function sentWith({ has, planned, routing = {}, more }: Sent) {
  let plans = 0
  const sent: Call[] = []
  const [first, ...others] = planned
  const plan = { targets: [target(first), ...others.map(target)] } as unknown as RoutePlan
  const run: Run = { resume() {}, abort() {} }
  const engine: RoutingEngine = {
    maxAttempts: 1,
    routing,
    table: { find: () => ({ targets: has.map(target) }) } as unknown as RoutingTable,
    plan() {
      plans += 1
      return plan
    },
    carryOut: () => run,
    start(call) {
      sent.push(call)
      return run
    },
  }
  const book = { appliedTo: () => ({ money: [], rates: [rate('tpm', 1_000_000)] }) }
  const rates = new LocalRates({ counts: new RateCounts(), now: () => 0 })
  const admission = {} as unknown as Admission
  const request = { model: 'm', messages: [{ role: 'user', content: 'Hello!' }], ...more }
  const call = operations.chat.write(request, { id: mintRequestId(clock.now()), receivedAt: clock.now() })
  withMoneyLimits(engine, { book, admission, rates }, clock).start(call, {} as unknown as AnswerSink)
  const [asked] = sent
  return { plans, tokens: asked && operations.chat.size(asked as never).outputTokens }
}

test('an answer without a limit is held to the window of the one model that is asked, without a plan made for that', () => {
  const { plans, tokens = 0 } = sentWith({ has: [8000, 8000], planned: [8000] })
  expect(plans).toBe(0)
  expect(tokens).toBeGreaterThan(7800)
  expect(tokens).toBeLessThan(8000)
})

test.each<Sent & { what: string }>([
  { what: 'names others', has: [8000], planned: [8000, 4000], more: { models: ['other'] } },
  { what: 'has fallbacks', has: [8000], planned: [8000, 4000], routing: { fallbacks: { m: ['other'] } } },
  { what: 'may move on', has: [8000], planned: [4000], routing: { context_window_fallbacks: { m: ['other'] } } },
  { what: 'has targets of several windows', has: [8000, 4000], planned: [4000] },
  { what: 'is not known by that name', has: [], planned: [4000] },
  { what: 'may be a name and an order', has: [8000], planned: [4000], more: { model: 'm:floor' } },
])('of a model that $what it is the plan that tells', (sent) => {
  const { plans, tokens = 0 } = sentWith(sent)
  expect(plans).toBe(1)
  expect(tokens).toBeGreaterThan(3800)
  expect(tokens).toBeLessThan(4000)
})
