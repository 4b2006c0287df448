import { z } from 'zod'
import { isMonth } from '../billing/month.ts'
import { handOverAll } from '../payments/hand-over-all.ts'
import { demandCollector } from './collector.ts'
import { word } from './fields.ts'
import { operation } from './operation.ts'

const handedOver = z.object({
  invoice: z.string(),
  account: z.string(),
  /** `unreachable`: its account has neither an e-mail nor a payment method, so there is nobody to send it to. */
  state: z.enum(['pending', 'open', 'paid', 'failed', 'disputed', 'void', 'unreachable']),
  /** Why it could not be handed over now. It may be tried again at any time. */
  trouble: z.string().nullable(),
})

export type HandedOverView = z.output<typeof handedOver>

/**
 * Hands every issued invoice over that is not yet, of a month or of all, and tells how each stands then. The gateway does so by
 * itself; at the same time or twice does no harm.
 *
 * @throws SpekaError when nobody takes payments
 */
export const handOverInvoices = operation({
  right: 'invoices.write',
  input: z.strictObject({
    /** `YYYY-MM`. Default: all from the month on that the configuration names. */
    month: word.refine(isMonth, { error: 'must be a month such as 2026-11' }).optional(),
  }),
  output: z.array(handedOver),
  async run(parts, { month }) {
    const { provider, graceDays, firstMonth } = await demandCollector(parts)
    const { registry, invoices } = parts.store
    const results: HandedOverView[] = []
    // Nobody is told of failures by this: the gateway does that, when the provider tells it.
    const payments = { registry, invoices, provider, graceDays, now: parts.now, tell: async () => {} }
    const query = month === undefined ? { firstMonth } : { month }
    for await (const { trouble, ...result } of handOverAll(payments, query))
      results.push({ ...result, trouble: trouble ?? null })
    return results
  },
})
