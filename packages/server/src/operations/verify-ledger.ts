import { z } from 'zod'
import { checkInvoices } from '../billing/check-invoices.ts'
import { inForceOf } from './billing-month.ts'
import { operation } from './operation.ts'

/**
 * Looks at every row by itself, adds all up anew, holds every invoice against its rows, and says which rows, sums and invoices are
 * not as they should be.
 */
export const verifyLedger = operation({
  right: 'ledger.verify',
  input: z.strictObject({}),
  output: z.object({
    intact: z.boolean(),
    /** How many rows there are, and what is wrong with which. */
    rows: z.number(),
    problems: z.array(
      z.object({
        problem: z.string(),
        owner: z.number(),
        n: z.number(),
        id: z.string().nullable(),
        message: z.string(),
      }),
    ),
    /** Sums that differ from what is kept; `null`: there are rows that cannot be read, so no sums could be made. */
    differences: z
      .array(
        z.object({
          /** Of which sums, of what in them, and which of its values. */
          table: z.string(),
          of: z.string(),
          value: z.string(),
          /** What is kept, and what the records say. */
          kept: z.string(),
          rows: z.string(),
        }),
      )
      .nullable(),
    /** How many invoices there are, and what is wrong with which. */
    invoices: z.number(),
    invoice_problems: z.array(z.object({ problem: z.string(), number: z.string(), message: z.string() })),
  }),
  async run(parts) {
    const { store } = parts
    const { rows, problems } = await store.ledger.verify()
    // What cannot be read cannot be added up: then the row is what is to be told.
    const isReadable = problems.every(({ problem }) => problem !== 'unreadable')
    const differences = isReadable ? await store.ledger.checkSums() : null
    const invoices = await checkInvoices(store, await inForceOf(parts), isReadable)
    return {
      intact: problems.length === 0 && differences?.length === 0 && invoices.problems.length === 0,
      rows,
      problems: problems.map(({ id = null, ...problem }) => ({ ...problem, id })),
      differences,
      invoices: invoices.invoices,
      invoice_problems: [...invoices.problems],
    }
  },
})
