import { runFailures } from './failure-run.ts'
import type { FaultName } from './faults.ts'

/** Kills of PostgreSQL and cuts from it are in the long run alone, until what it finds is mended: money that stays held afterwards. */
const order: readonly FaultName[] = ['replica killed', 'replica stopped', 'one cut off from Redis', 'replica killed']

test('nothing is lost, doubled or overspent while replicas and what they stand on are killed, stopped and cut off', async () => {
  const { complete, lost, doubled, wrong, gaps, troubles } = await runFailures({
    faults: order,
    lasting: { outage: 500, stopped: 3000 },
    answers: 60,
    seed: 7735,
    say: () => {},
  })
  expect(complete).toBeGreaterThan(2 * 60 * order.length)
  expect({ lost, doubled, wrong, gaps, troubles }).toEqual({ lost: [], doubled: [], wrong: [], gaps: [], troubles: [] })
})
