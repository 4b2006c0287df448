import { runHungRedis } from './hung-redis-run.ts'
import { startLimitedReplicas, type LimitedReplicas } from './limited-replicas.ts'

/** What is promised is 50 ms, once; on a machine as busy as one of tests, ten times that. */
const COSTS_MS = 500

let limited: LimitedReplicas
beforeAll(async () => {
  limited = await startLimitedReplicas()
})
afterAll(() => limited?.close())

test('a Redis that hangs holds a request up once, and then none; all are admitted that may be', async () => {
  const { before, longest, meanwhile, crowd, changes, admitted, asked } = await runHungRedis(limited)
  expect(admitted).toBe(asked)
  expect(longest - before).toBeLessThanOrEqual(COSTS_MS)
  expect(meanwhile - before).toBeLessThanOrEqual(COSTS_MS / 10)
  // However many come at that moment: each replica finds out once at the most, and not at all while what was handed out lasts.
  expect(crowd.first - crowd.before).toBeLessThanOrEqual(COSTS_MS)
  expect(changes).toBeLessThanOrEqual(2 * limited.replicas.all.length)
})
