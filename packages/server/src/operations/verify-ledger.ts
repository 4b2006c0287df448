import { z } from 'zod'
import { operation } from './operation.ts'

/** Adds up every record anew, and says which sums differ from what is kept. */
export const verifyLedger = operation({
  right: 'ledger.verify',
  input: z.strictObject({}),
  output: z.object({
    intact: z.boolean(),
    differences: z.array(
      z.object({
        /** Of which sums, of what in them, and which of its values. */
        table: z.string(),
        of: z.string(),
        value: z.string(),
        /** What is kept, and what the records say. */
        kept: z.string(),
        rows: z.string(),
      }),
    ),
  }),
  async run({ store }) {
    const differences = await store.ledger.checkSums()
    return { intact: differences.length === 0, differences }
  },
})
