import type { Clock } from '../clock.ts'
import { SpekaError } from '../errors.ts'
import type { RateRefusal } from './rates.ts'
import { rateCounting, spokenRate } from './rates/rate-kinds.ts'
import { speakOfSubject, tellSubject } from './tell-subject.ts'

/** What a caller is told that has asked for more than a rate allows. */
export function rateRefused({ standing, retryAfterMs }: RateRefusal, clock: Clock): SpekaError {
  const { applied, remaining, resetMs } = standing
  const { kind, amount } = applied.limit.rule
  const { window } = rateCounting[kind]
  const canEver = retryAfterMs !== Infinity
  const waitMs = Math.ceil(retryAfterMs)
  const what = `The limit of ${spokenRate(kind, amount)} for ${speakOfSubject(applied.limit.subject)}`
  const used = String(amount - remaining)
  // What is under way at once is not spent: it is free again when it ends.
  const isParallel = window === 'parallel'
  return new SpekaError(
    'rate_limit_exceeded',
    canEver
      ? `${what} is reached. ${isParallel ? 'Wait until one of them ends, or try again' : 'Try again'} in ${Math.ceil(waitMs / 1000)} s.`
      : `${what} is less than this one request may use. Lower max_tokens, or shorten the prompt.`,
    {
      retry: canEver,
      ...(canEver && { retryAfterMs: waitMs }),
      limit: {
        subject: tellSubject(applied.limit.subject),
        kind,
        window,
        limit: String(amount),
        spent: isParallel ? '0' : used,
        held: isParallel ? used : '0',
        resets_at: isParallel ? null : new Date(clock.now() + Math.ceil(resetMs)).toISOString(),
      },
    },
  )
}
