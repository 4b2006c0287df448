import type { Clock } from '@speka/core'
import { rateRefused, ratesHeaders, tellRates } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'
import type { CallLimits } from './key.ts'

/**
 * Does something that is no call of the engine, and counts as one request in the rates of its key that count whatever is asked for.
 * It uses no tokens and no money. Where the rates stand by then is told in the headers of its response.
 *
 * @throws SpekaError `rate_limit_exceeded`, and nothing is done.
 */
export async function withinRates<Result>(
  limits: CallLimits | undefined,
  { key, response }: Pick<KeyedExchange, 'key' | 'response'>,
  clock: Clock,
  work: () => Promise<Result>,
): Promise<Result> {
  const all = limits?.book.alwaysAppliedTo(key)?.rates ?? []
  const ofRequests = all.filter(({ limit }) => limit.rule.kind !== 'tpm')
  if (limits === undefined || ofRequests.length === 0) return work()
  const slot = await limits.rates.take(ofRequests, 0)
  if ('standing' in slot) throw rateRefused(slot, clock)
  const told = ratesHeaders(tellRates(limits.rates.known(all)))
  for (const [name, value] of Object.entries(told)) if (!response.headersSent) response.setHeader(name, value)
  try {
    return await work()
  } finally {
    slot.done(0)
  }
}
