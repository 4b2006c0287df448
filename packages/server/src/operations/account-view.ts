import { z } from 'zod'
import { planAhead, planAt } from '../billing/plan-at.ts'
import { mintId } from '../keys/key-format.ts'
import type { AccountRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { createdAt, shownMoment } from './moments.ts'

/** An account as it is shown. */
export const accountView = z.object({
  id: z.string(),
  name: z.string(),
  /** The one in force. */
  plan: z.string(),
  /** The one that it will be on, and from when; `null`: it stays on the one it is on. */
  next_plan: z.object({ plan: z.string(), from: z.iso.datetime() }).nullable(),
  email: z.string().nullable(),
  status: z.enum(['active', 'suspended']),
  /** Who stands on its invoices; without a name, that of the account does. */
  buyer: z.object({
    name: z.string().nullable(),
    address: z.string().nullable(),
    country: z.string().nullable(),
    tax_id: z.string().nullable(),
  }),
  /** `null`: it came with the gateway. */
  created_at: shownMoment,
  revision: z.number(),
})

export type AccountView = z.output<typeof accountView>

/** @param now in ms since the epoch: the plan is the one in force then. */
export const viewAccount = ({ record, revision }: Kept<'account'>, now: number): AccountView => ({
  id: record.id,
  name: record.name,
  plan: planAt(record, now),
  next_plan: nextPlan(record, now),
  email: record.email ?? null,
  status: record.status,
  buyer: viewBuyer(record),
  created_at: createdAt(record.createdAt),
  revision,
})

const viewBuyer = ({ buyer = {} }: AccountRecord): AccountView['buyer'] => ({
  name: buyer.name ?? null,
  address: buyer.address ?? null,
  country: buyer.country ?? null,
  tax_id: buyer.taxId ?? null,
})

function nextPlan(record: AccountRecord, now: number): AccountView['next_plan'] {
  const ahead = planAhead(record, now)
  return ahead === undefined ? null : { plan: ahead.plan, from: new Date(ahead.from).toISOString() }
}

/** A new account, in good standing. */
export function newAccount(
  { name, plan, email }: Pick<AccountRecord, 'name' | 'plan' | 'email'>,
  now: number,
): AccountRecord {
  const id = mintId('acc')
  return { id, account: id, name, plan, status: 'active', createdAt: now, ...(email !== undefined && { email }) }
}
