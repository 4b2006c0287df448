import { fillSteps } from './fill-steps.ts'

test('every day of a span has its place, those without a request too', () => {
  const span = { since: '2026-11-28T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z', step: 'day' } as const
  const point = { at: '2026-11-29T00:00:00.000Z', requests: 3 }
  expect(fillSteps(span, [point])).toEqual({
    times: [1_795_824_000, 1_795_910_400, 1_795_996_800],
    points: [undefined, point, undefined],
  })
})

test('so has every hour', () => {
  const span = { since: '2026-11-28T00:00:00.000Z', until: '2026-11-28T03:00:00.000Z', step: 'hour' } as const
  expect(fillSteps(span, []).points).toHaveLength(3)
})
