import { startLimitedReplicas, type LimitedReplicas } from './limited-replicas.ts'
import { runRollingRestart } from './restart-run.ts'

let limited: LimitedReplicas
beforeAll(async () => {
  limited = await startLimitedReplicas()
})
afterAll(() => limited?.close())

test('replicas that are restarted one after the other answer whatever they had taken, and record it', async () => {
  const { complete, failed, unrecorded } = await runRollingRestart(limited)
  expect(complete).toBeGreaterThan(100)
  expect(failed).toEqual([])
  expect(unrecorded).toEqual([])
})
