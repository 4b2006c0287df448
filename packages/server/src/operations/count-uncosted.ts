import type { UsageRecord } from '@speka/core'
import type { Ledger } from '../store/store.ts'

const PAGE_RECORDS = 1000

/**
 * How many requests a provider answered without its being known what that cost, by group: the target has no `cost`, or the
 * usage is not known. No sum of these is kept, so every record of the time is read.
 */
export async function countUncosted(
  ledger: Ledger,
  by: 'model' | 'provider' | 'account',
  span: { readonly since?: number | undefined; readonly until?: number | undefined },
): Promise<ReadonlyMap<string | undefined, number>> {
  const counts = new Map<string | undefined, number>()
  let cursor: string | undefined
  do {
    const { records, next } = await ledger.requests({ ...span, first: 'oldest' }, cursor, PAGE_RECORDS)
    for (const record of records) if (isUncosted(record)) counts.set(record[by], (counts.get(record[by]) ?? 0) + 1)
    cursor = next
  } while (cursor !== undefined)
  return counts
}

/** Of attempts that failed it is never known what they cost. */
const isUncosted = ({ attempts }: UsageRecord): boolean =>
  attempts.some(({ outcome, cost }) => outcome === 'answered' && cost === undefined)
