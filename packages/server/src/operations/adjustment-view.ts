import { z } from 'zod'
import type { AdjustmentRecord } from '../store/records.ts'
import { createdAt } from './moments.ts'

/** What adds to an invoice, or takes from it, beyond fee and usage. */
export const adjustmentView = z.object({
  id: z.string(),
  account: z.string(),
  /** The month whose invoice has it. */
  month: z.string(),
  /** `usage`: allowance and credit pay for it first. `amount`: they do not. */
  kind: z.enum(['usage', 'amount']),
  usd: z.string(),
  /** The month it is about, when that is another. */
  about: z.string().nullable(),
  reason: z.string(),
  /** The reprice that it came of. */
  reprice: z.string().nullable(),
  created_at: z.string().nullable(),
})

export type AdjustmentView = z.output<typeof adjustmentView>

export const viewAdjustment = (record: AdjustmentRecord): AdjustmentView => ({
  id: record.id,
  account: record.account,
  month: record.month,
  kind: record.kind,
  usd: record.usd,
  about: record.about ?? null,
  reason: record.reason,
  reprice: record.reprice ?? null,
  created_at: createdAt(record.createdAt),
})
