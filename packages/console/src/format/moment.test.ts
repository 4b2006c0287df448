import { fromNow, momentIn, momentInUtc, monthStart } from './moment.ts'

const noon = new Date('2026-11-30T12:05:09.400Z')

test('a moment is told in the zone of whoever looks, and in UTC', () => {
  expect(momentIn(noon, 'Asia/Tokyo')).toBe('30 Nov 2026, 21:05')
  expect(momentIn(noon, 'Asia/Tokyo', true)).toBe('30 Nov 2026, 21:05:09')
  expect(momentInUtc(noon)).toBe('2026-11-30 12:05:09 UTC')
})

test.each([
  ['2026-11-30T12:04:50Z', 'just now'],
  ['2026-11-30T12:00:00Z', '5 minutes ago'],
  ['2026-11-29T12:00:00Z', 'yesterday'],
  ['2026-12-03T13:00:00Z', 'in 3 days'],
])('%s is %s', (moment, text) => {
  expect(fromNow(new Date(moment), noon)).toBe(text)
})

test('months are those of UTC, over the turn of the year', () => {
  expect(monthStart(noon).toISOString()).toBe('2026-11-01T00:00:00.000Z')
  expect(monthStart(noon, 2).toISOString()).toBe('2027-01-01T00:00:00.000Z')
  expect(monthStart(new Date('2027-01-31T23:00:00Z'), -1).toISOString()).toBe('2026-12-01T00:00:00.000Z')
})
