import { median, paired, quantilesOf, spreadOf } from '../../bench/measure/statistics.ts'

test.each([
  { values: [3, 1, 2], middle: 2 },
  { values: [4, 1, 3, 2], middle: 2.5 },
  { values: [7], middle: 7 },
])('the median of $values is $middle', ({ values, middle }) => {
  expect(median(values)).toBe(middle)
})

test('no values have no spread and no quantiles', () => {
  expect(spreadOf([])).toBeUndefined()
  expect(quantilesOf([])).toBeUndefined()
})

test('quantiles are values that were measured', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(quantilesOf(values)).toEqual({ p50: 100, p99: 198, max: 200, count: 200 })
  expect(quantilesOf([5])).toEqual({ p50: 5, p99: 5, max: 5, count: 1 })
})

test('ratios are taken within a round, so a slow round does not count twice', () => {
  // The second round was slow for both: the ratio of the medians would be 0.6, no round had that.
  expect(paired([50, 5, 60], [100, 10, 120], 'ratio')).toEqual({ median: 0.5, min: 0.5, max: 0.5, rounds: 3 })
})

test('differences are taken within a round', () => {
  expect(paired([110, 230, 118], [100, 200, 100], 'difference')).toEqual({ median: 18, min: 10, max: 30, rounds: 3 })
})

test('a plain value needs nothing to be compared with', () => {
  expect(paired([1, undefined, 3], [], 'value')).toEqual({ median: 2, min: 1, max: 3, rounds: 2 })
})

test.each([
  { side: 'its own', values: [undefined, 4], against: [1, 8] },
  { side: 'the other', values: [1, 4], against: [undefined, 8] },
])('a round that lacks $side side is left out', ({ values, against }) => {
  expect(paired(values, against, 'ratio')).toEqual({ median: 0.5, min: 0.5, max: 0.5, rounds: 1 })
})

test('a ratio to nothing is left out', () => {
  expect(paired([1], [0], 'ratio')).toBeUndefined()
})
