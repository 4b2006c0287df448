import { runRates } from '../limits/rate-run.ts'
import { startLimitedReplicas, type LimitedReplicas } from './limited-replicas.ts'

let limited: LimitedReplicas
beforeAll(async () => {
  limited = await startLimitedReplicas()
})
afterAll(() => limited?.close())

test('a rate that is asked for twenty times over on three replicas is admitted once, and nearly all of it', async () => {
  const [run] = await runRates(limited, { rpms: [60], seconds: 6, limitedBy: (rpm) => `--rpm ${rpm}` })
  expect(run?.mostForCertain).toBeLessThanOrEqual(60)
  expect((run?.admitted ?? 0) / (run?.ideal ?? NaN)).toBeGreaterThanOrEqual(0.98)
  expect(run?.strange).toEqual([])
})

test('no more than the rate is admitted while Redis is killed and comes back empty', async () => {
  const { redis } = limited.replicas.engines
  const [run] = await runRates(limited, {
    rpms: [60],
    seconds: 6,
    limitedBy: (rpm) => `--rpm ${rpm}`,
    meanwhile: { at: 1, befall: () => redis.kill().then(() => redis.restart()) },
  })
  expect(run?.mostForCertain).toBeLessThanOrEqual(60)
  expect(run?.strange).toEqual([])
})
