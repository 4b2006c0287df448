import { z } from 'zod'
import { closeMonth as close } from '../billing/close-month.ts'
import { inForceOf, month } from './billing-month.ts'
import { operation } from './operation.ts'

/**
 * Issues the invoices of a month that has ended, for all accounts. Done again it issues what is missing, and changes nothing of what is
 * there.
 *
 * @throws SpekaError `conflict` before the time: it says when, or whom it waits for
 */
export const closeMonth = operation({
  right: 'invoices.write',
  input: z.strictObject({
    month,
    /** Owners of rows that are not waited for, by their ids. */
    without_owners: z.array(z.int({ error: 'must be the id of an owner' })).optional(),
  }),
  output: z.object({
    month: z.string(),
    /** How many accounts there were in that month; who had nothing to pay for has no invoice. */
    accounts: z.number(),
    /** How many invoices there are of the month. */
    invoices: z.number(),
    /** How many were issued now, those of earlier months that were missing among them. */
    issued: z.number(),
    /** The first and last number of those; `null`: none were. */
    first_number: z.string().nullable(),
    last_number: z.string().nullable(),
  }),
  async run(parts, wanted) {
    const { store, now, onProgress } = parts
    const inForce = await inForceOf(parts)
    const closed = await close(wanted.month, { store, inForce, now, without: wanted.without_owners, onProgress })
    return {
      month: wanted.month,
      accounts: closed.accounts,
      invoices: (await store.invoices.list({ month: wanted.month })).length,
      issued: closed.issued.length,
      first_number: closed.issued[0]?.number ?? null,
      last_number: closed.issued.at(-1)?.number ?? null,
    }
  },
})
