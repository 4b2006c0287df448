import { z } from 'zod'
import { operation } from './operation.ts'

/** Reads the whole audit, and says which entry is the first that does not fit. */
export const verifyAudit = operation({
  right: 'audit.verify',
  input: z.strictObject({}),
  output: z.object({
    /** How many there are, up to the one that does not fit. */
    entries: z.number(),
    intact: z.boolean(),
    /** The first that does not fit, or that is missing, and why; `null`: all do. */
    broken: z.object({ n: z.number(), why: z.string() }).nullable(),
  }),
  async run({ store }) {
    const { entries, broken } = await store.audit.verify()
    return { entries, intact: broken === undefined, broken: broken ?? null }
  },
})
