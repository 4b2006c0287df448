import { z } from 'zod'
import { operation } from './operation.ts'

/** Throws away what is added up, and makes it anew of the records. */
export const rebuildSums = operation({
  right: 'ledger.verify',
  input: z.strictObject({}),
  output: z.object({ records: z.number() }),
  run: async ({ store }) => ({ records: await store.ledger.rebuildSums() }),
})
