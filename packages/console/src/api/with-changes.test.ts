import { withChanges } from './with-changes.ts'

test('what has changed is new, and all else the same as before', () => {
  const before = { totals: { requests: 1, failed: 0 }, series: [{ requests: 1 }, { requests: 2 }], keys: [] }
  const after = withChanges(before, [
    [['totals', 'requests'], 2],
    [['series', 1, 'requests'], 3],
  ]) as typeof before
  expect(after).toEqual({
    totals: { requests: 2, failed: 0 },
    series: [{ requests: 1 }, { requests: 3 }],
    keys: [],
  })
  expect([after.series[0], after.keys]).toEqual([before.series[0], before.keys])
  expect(after.series[0]).toBe(before.series[0])
  expect(before.totals.requests).toBe(1)
})

test('all of it may be new', () => {
  expect(withChanges({ data: [] }, [[[], { data: [1] }]])).toEqual({ data: [1] })
})
