import { startLimitedReplicas, type LimitedReplicas } from './limited-replicas.ts'
import { runRevocation, withoutDatabase, withoutNotices } from './revocation-run.ts'

/** What is promised is a second, and five with notices cut; on a machine as busy as one of tests, ten times that. */
const WITHIN_MS = 10_000
const WITHOUT_NOTICES_WITHIN_MS = 50_000

let limited: LimitedReplicas
beforeAll(async () => {
  limited = await startLimitedReplicas()
})
afterAll(() => limited?.close())

test('a revoked key stops on every replica', async () => {
  const stopped = await runRevocation(limited)
  expect(stopped).toHaveLength(3)
  expect(Math.max(...stopped)).toBeLessThanOrEqual(WITHIN_MS)
})

test('and without hearing of it, a little later', async () => {
  const stopped = await withoutNotices(limited, () => runRevocation(limited))
  expect(stopped).toHaveLength(3)
  expect(Math.max(...stopped)).toBeLessThanOrEqual(WITHOUT_NOTICES_WITHIN_MS)
})

test('and on one that is cut off from PostgreSQL, which goes on answering and hears of it by Redis', async () => {
  const [cutOff] = limited.replicas.all
  if (cutOff === undefined) throw new Error('there are three')
  const readiness: number[] = []
  const stopped = await runRevocation(limited, (work) =>
    withoutDatabase(cutOff, async () => {
      readiness.push((await fetch(`${cutOff.gateway.origin}/readyz`)).status)
      return work()
    }),
  )
  expect(readiness).toEqual([200])
  expect(stopped).toHaveLength(3)
  expect(Math.max(...stopped)).toBeLessThanOrEqual(WITHOUT_NOTICES_WITHIN_MS)
})
