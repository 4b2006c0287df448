import { HealthBook } from '../../packages/core/src/health/health-book.ts'
import { planRoute } from '../../packages/core/src/route/plan-route.ts'
import { buildRoutingTable } from '../../packages/core/src/route/routing-table.ts'
import { mintRequestId } from '../../packages/core/src/uuid.ts'
import { readChatCall } from '../../packages/core/src/operations/chat/chat-call.ts'
import type { PlanJob, PlanResult } from './job.ts'
import { promptText } from './prompt-text.ts'

const TARGETS = 20
const WARM_UP = 30_000
const DECISIONS = 50_000
/** Attempts at each target before: what is known of one is their median. */
const ATTEMPTS = 64

const model = 'bench/model'
const names = Array.from({ length: TARGETS }, (_, index) => `provider-${index}`)
const health = new HealthBook()
const table = buildRoutingTable(
  {
    providers: Object.fromEntries(
      names.map((name) => [name, { type: 'openai-compatible', base_url: `http://${name}/v1` }]),
    ),
    models: {
      [model]: {
        targets: names.map((provider, index) => ({ provider, cost: { input: `0.${index + 10}`, output: '1' } })),
        price: { input: '1', output: '2' },
        context_window: 128_000,
      },
    },
  },
  health,
)

/**
 * What one decision among {@link TARGETS} targets costs when their health is known: how quick each has been, and that all of them work.
 * Before each decision another of them has just answered, so that what was learnt last is always new.
 */
export function plan({ preferences }: PlanJob): PlanResult {
  const request = { model, messages: [{ role: 'user', content: promptText({ kind: 'prose', bytes: 1000 }) }] }
  const body = Buffer.from(JSON.stringify({ ...request, ...(preferences !== undefined && { provider: preferences }) }))
  const call = readChatCall(body, { id: mintRequestId(0), receivedAt: 0 })
  const question = { endpoint: 'chat', model, models: [], call } as const
  const circumstances = { random: Math.random, monotonic: 0 }
  const decide = (times: number): number => {
    let targets = 0
    for (let time = 0; time < times; time += 1) {
      answer(time % TARGETS, time)
      targets += planRoute(question, table, {}, circumstances).targets.length
    }
    return targets
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) names.forEach((_, index) => answer(index, attempt))
  decide(WARM_UP)
  const before = process.threadCpuUsage()
  const planned = decide(DECISIONS)
  const { user, system } = process.threadCpuUsage(before)
  const isWhole = planned === DECISIONS * TARGETS
  return {
    errors: isWhole ? 0 : 1,
    errorWords: isWhole ? [] : [`${planned / DECISIONS} targets were planned, not ${TARGETS}`],
    decision: (user + system) / DECISIONS,
  }
}

function answer(index: number, attempt: number): void {
  const target = health.of(names[index] ?? '', model)
  const firstOutputMs = 100 + ((index * 7 + attempt) % 50)
  target.begin(0)
  target.end(0, { failure: undefined, firstOutputMs, durationMs: firstOutputMs * 10, outputTokens: 200 })
}
