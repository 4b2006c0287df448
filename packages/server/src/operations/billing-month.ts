import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { isMonth, monthOf, spanOfMonth } from '../billing/month.ts'
import { readInForce, type BillingInForce } from '../billing/billing-in-force.ts'
import type { AccountRecord } from '../store/records.ts'
import type { OperationParts } from './operation.ts'

/** A month as invoices name it. */
export const month = z
  .string({ error: 'must be a month such as 2026-11' })
  .refine(isMonth, { error: ({ input }) => `must be a month such as 2026-11, not "${String(input).slice(0, 100)}"` })

/** What invoices depend on beside the account, as it is now. */
export const inForceOf = async ({
  plans,
  store,
  now,
}: Pick<OperationParts, 'plans' | 'store' | 'now'>): Promise<BillingInForce> =>
  readInForce(store.registry, await plans(), now())

/**
 * Refuses a month of which there can be no invoice yet, or ever.
 *
 * @throws SpekaError `invalid_value`
 */
export function demandMonthOf({ id, createdAt }: AccountRecord, asked: string, now: number): void {
  const { from, until } = spanOfMonth(asked)
  if (from > now) throw refuse(`month ${asked} has not begun yet: it is ${monthOf(now)}, in UTC.`)
  if (createdAt >= until)
    throw refuse(`month ${asked} is before the account ${id} was made, which was in ${monthOf(createdAt)}.`)
}

const refuse = (why: string): SpekaError => new SpekaError('invalid_value', why, { param: 'month' })
