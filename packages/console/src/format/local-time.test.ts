import { localTime, momentOf } from './local-time.ts'

describe('a moment in a field of a form', () => {
  test('leads back to the same minute, whatever the zone', () => {
    expect(momentOf(localTime('2026-11-29T19:20:00.000Z'))).toBe('2026-11-29T19:20:00.000Z')
    expect(momentOf(localTime('2026-07-01T00:00:00.000Z'))).toBe('2026-07-01T00:00:00.000Z')
  })

  test('is empty of none', () => {
    expect(localTime(null)).toBe('')
  })
})
