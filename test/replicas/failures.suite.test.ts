import { runFailures } from './failure-run.ts'
import type { FaultName } from './faults.ts'

const order: readonly FaultName[] = [
  'replica killed',
  'PostgreSQL killed',
  'replica stopped',
  'one cut off from PostgreSQL',
  'one cut off from Redis',
  'PostgreSQL killed',
  'replica killed',
]

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
