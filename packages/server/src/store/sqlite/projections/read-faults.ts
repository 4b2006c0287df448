import type { DatabaseSync } from 'node:sqlite'
import { faults, type FaultsQuery, type FaultTotals } from '../../faults.ts'
import { inHourOf } from '../../usage-times.ts'
import { HOUR_MS } from '../../projections/batch.ts'
import type { FileTextNumbers } from './text-numbers.ts'

/** What of the projections is read. */
interface Read {
  readonly projections: DatabaseSync
  readonly texts: Pick<FileTextNumbers, 'textOf'>
}

/** How many requests ended in an error, by hour, model and whose fault it was; the oldest first. */
export function readFaults({ projections, texts }: Read, { since = -Infinity }: FaultsQuery): FaultTotals[] {
  const from = Math.max(inHourOf(since) / HOUR_MS, Number.MIN_SAFE_INTEGER)
  const rows = projections
    .prepare('SELECT hour, model, fault, requests FROM usage_fault WHERE hour >= ? ORDER BY hour')
    .all(from)
  return rows.map(({ hour, model, fault, requests }) => ({
    at: Number(hour) * HOUR_MS,
    model: texts.textOf(Number(model)),
    fault: faults[Number(fault)] ?? 'gateway',
    requests: Number(requests),
  }))
}
