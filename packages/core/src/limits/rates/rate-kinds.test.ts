import type { RateKind } from '../limit.ts'
import { rateCounting, shareOf, spokenRate } from './rate-kinds.ts'

const rows: { kind: RateKind; one: string; several: string; window: string; of: string | undefined }[] = [
  { kind: 'rpm', one: '1 request a minute', several: '20 requests a minute', window: 'minute', of: 'requests' },
  { kind: 'rpd', one: '1 request in 24 hours', several: '20 requests in 24 hours', window: 'day', of: 'requests' },
  { kind: 'tpm', one: '1 token a minute', several: '20 tokens a minute', window: 'minute', of: 'tokens' },
  {
    kind: 'max_parallel',
    one: '1 request at the same time',
    several: '20 requests at the same time',
    window: 'parallel',
    of: undefined,
  },
]

test.each(rows)('a rate of $kind is said to people as "$several"', ({ kind, one, several, window, of }) => {
  expect([spokenRate(kind, 1), spokenRate(kind, 20)]).toEqual([one, several])
  expect(rateCounting[kind]).toMatchObject({ window, of })
})

test.each<[kind: RateKind, rate: number, share: number]>([
  ['rpm', 60_000, 245],
  ['rpm', 60_001, 246],
  ['rpm', 1, 1],
  ['rpd', 86_400, 1],
  ['tpm', 600_000, 2450],
  ['max_parallel', 60_000, 1],
])('of %s, at %i, %i are handed out together', (kind, rate, share) => {
  expect(shareOf(kind, rate)).toBe(share)
})
