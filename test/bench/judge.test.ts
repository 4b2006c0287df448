import { failures, judge, verdictLine } from '../../bench/judge.ts'
import { plan } from '../../bench/plan.ts'
import { Results } from '../../bench/results.ts'
import { targets, type Target } from '../../bench/targets.ts'

const share: Target = {
  scenario: 'requests-16',
  metric: 'perSecond',
  comparison: 'ratio',
  against: 'yardstick',
  atLeast: 0.45,
  aim: 0.6,
  words: 'share',
}
const added: Target = {
  scenario: 'requests-1',
  metric: 'p50',
  comparison: 'difference',
  against: 'yardstick',
  atMost: 300,
  aim: 150,
  words: 'added',
}

function resultsOf(target: Target, speka: number | undefined, yardstick: number): Results {
  const results = new Results()
  results.add(target.scenario, 'yardstick', { [target.metric]: yardstick })
  results.add(target.scenario, 'speka', speka === undefined ? undefined : { [target.metric]: speka })
  return results
}

test.each([
  { target: share, speka: 70, yardstick: 100, outcome: 'aim' },
  { target: share, speka: 50, yardstick: 100, outcome: 'met' },
  { target: share, speka: 44, yardstick: 100, outcome: 'missed' },
  { target: added, speka: 200, yardstick: 60, outcome: 'aim' },
  { target: added, speka: 300, yardstick: 60, outcome: 'met' },
  { target: added, speka: 400, yardstick: 60, outcome: 'missed' },
  { target: added, speka: undefined, yardstick: 60, outcome: 'not measured' },
])('$target.words of $speka beside $yardstick is $outcome', ({ target, speka, yardstick, outcome }) => {
  const [verdict] = judge(resultsOf(target, speka, yardstick), [target])
  expect(verdict?.outcome).toBe(outcome)
})

test('what was missed or not measured fails the benchmark, and says by how much', () => {
  const missed = failures(judge(resultsOf(share, 44, 100), [share]))
  expect(missed.map(verdictLine)).toEqual(['missed: share is 0.44 (0.44–0.44), must be at least 0.45, aim 0.6'])
  const unknown = failures(judge(resultsOf(share, undefined, 100), [share]))
  expect(unknown.map(verdictLine)).toEqual(['not measured: share, must be at least 0.45, aim 0.6'])
})

test.each(targets)('the target "$words" is about something that is measured', ({ scenario, metric, against }) => {
  const measured = plan.find(({ name }) => name === scenario)
  expect(measured?.contestants).toEqual(expect.arrayContaining(['speka', against]))
  expect(measured?.figures.map((figure) => figure.metric)).toContain(metric)
})
