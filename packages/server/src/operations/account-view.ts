import { z } from 'zod'
import { mintId } from '../keys/key-format.ts'
import type { AccountRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { createdAt, shownMoment } from './moments.ts'

/** An account as it is shown. */
export const accountView = z.object({
  id: z.string(),
  name: z.string(),
  plan: z.string(),
  email: z.string().nullable(),
  status: z.enum(['active', 'suspended']),
  /** `null`: it came with the gateway. */
  created_at: shownMoment,
  revision: z.number(),
})

export type AccountView = z.output<typeof accountView>

export const viewAccount = ({ record, revision }: Kept<'account'>): AccountView => ({
  id: record.id,
  name: record.name,
  plan: record.plan,
  email: record.email ?? null,
  status: record.status,
  created_at: createdAt(record.createdAt),
  revision,
})

/** A new account, in good standing. */
export function newAccount(
  { name, plan, email }: Pick<AccountRecord, 'name' | 'plan' | 'email'>,
  now: number,
): AccountRecord {
  const id = mintId('acc')
  return { id, account: id, name, plan, status: 'active', createdAt: now, ...(email !== undefined && { email }) }
}
