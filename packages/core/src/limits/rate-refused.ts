import type { Clock } from '../clock.ts'
import { SpekaError } from '../errors.ts'
import type { RateRefusal } from './rates.ts'
import { rateCounting } from './rates/rate-kinds.ts'
import { tellSubject } from './tell-subject.ts'

/** What a caller is told that has asked for more than a rate allows. */
export function rateRefused({ standing, retryAfterMs }: RateRefusal, clock: Clock): SpekaError {
  const { applied, remaining, resetMs } = standing
  const { kind, amount } = applied.limit.rule
  const { window, words } = rateCounting[kind]
  const subject = tellSubject(applied.limit.subject)
  const canEver = retryAfterMs !== Infinity
  const waitMs = Math.ceil(retryAfterMs)
  const what = `The limit of ${amount} ${words} for ${subject}`
  return new SpekaError(
    'rate_limit_exceeded',
    canEver
      ? `${what} is reached. Try again in ${Math.ceil(waitMs / 1000)} s.`
      : `${what} is less than this request may need. Ask for a shorter answer, or send less.`,
    {
      retry: canEver,
      ...(canEver && { retryAfterMs: waitMs }),
      limit: {
        subject,
        kind,
        window,
        limit: String(amount),
        spent: String(Math.max(0, amount - Math.floor(remaining))),
        held: '0',
        resets_at: window === 'parallel' ? null : new Date(clock.now() + Math.ceil(resetMs)).toISOString(),
      },
    },
  )
}
