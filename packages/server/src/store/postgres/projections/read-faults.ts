import { faults, type FaultsQuery, type FaultTotals } from '../../faults.ts'
import { stepMs, inHourOf } from '../../usage-times.ts'
import { statement } from '../session.ts'
import type { Readers } from './readers.ts'

const FAULTS = statement(`
  SELECT hour, model, fault, sum(requests) AS requests FROM usage_fault WHERE hour >= $1
  GROUP BY hour, model, fault ORDER BY hour, model, fault`)

/** How many requests ended in an error, by hour, model and whose fault it was; the oldest first. */
export async function readFaults(
  { session, texts }: Readers,
  { since = -Infinity }: FaultsQuery,
): Promise<FaultTotals[]> {
  const { rows } = await session.run(FAULTS, [Math.max(inHourOf(since) / stepMs.hour, Number.MIN_SAFE_INTEGER)])
  const names = await texts.textsOf(
    session,
    rows.map(({ model }) => Number(model)),
  )
  return rows.map(({ hour, model, fault, requests }) => ({
    at: Number(hour) * stepMs.hour,
    model: names.get(Number(model)),
    fault: faults[Number(fault)] ?? 'gateway',
    requests: Number(requests),
  }))
}
