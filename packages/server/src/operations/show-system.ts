import { z } from 'zod'
import { runningGateway, systemFacts } from './gateway-view.ts'
import { operation } from './operation.ts'

/** The gateway as a program: what runs, and whether its sums are up to date. */
export const systemView = systemFacts.extend({
  ledger: z.object({
    /** Records there are. */
    records: z.number(),
    /** Records that are not in the sums yet: reports wait for these. */
    lag: z.number(),
    /** Why nothing can be recorded now; `null`: all is well. */
    trouble: z.string().nullable(),
  }),
})

export type SystemView = z.output<typeof systemView>

/** What runs here, since when, and on what. */
export const showSystem = operation({
  right: 'gateway.read',
  input: z.strictObject({}),
  output: systemView,
  async run({ gateway, store }): Promise<SystemView> {
    const facts = await runningGateway(gateway).system()
    const { folded, total } = await store.ledger.folding()
    const trouble = store.ledger.trouble()?.message ?? null
    return { ...facts, ledger: { records: total, lag: total - folded, trouble } }
  },
})
