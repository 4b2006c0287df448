import type { Clock } from '@speka/core'
import { rateRefused } from '@speka/core/internal'
import type { KeyRecord } from '../store/store.ts'
import type { CallLimits } from './key.ts'

/**
 * Does something that is no call of the engine, and counts as one request in the rates of its key that count whatever is asked for.
 * It uses no tokens and no money.
 *
 * @throws SpekaError `rate_limit_exceeded`, and nothing is done.
 */
export async function withinRates<Result>(
  limits: CallLimits | undefined,
  key: KeyRecord,
  clock: Clock,
  work: () => Promise<Result>,
): Promise<Result> {
  const applied = limits?.book.alwaysAppliedTo(key)?.rates.filter(({ limit }) => limit.rule.kind !== 'tpm') ?? []
  if (limits === undefined || applied.length === 0) return work()
  const slot = await limits.rates.take(applied, 0)
  if ('standing' in slot) throw rateRefused(slot, clock)
  try {
    return await work()
  } finally {
    slot.done(0)
  }
}
