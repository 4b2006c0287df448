import { z } from 'zod'
import { accountRoles } from '../actor.ts'
import type { Kept } from '../store/registry.ts'

/** A member as he is shown. */
export const memberView = z.object({
  id: z.string(),
  account: z.string(),
  email: z.string(),
  role: z.enum(accountRoles),
  status: z.enum(['invited', 'active', 'removed']),
  created_at: z.string(),
  revision: z.number(),
})

export type MemberView = z.output<typeof memberView>

export const viewMember = ({ record, revision }: Kept<'member'>): MemberView => ({
  id: record.id,
  account: record.account,
  email: record.email,
  role: record.role,
  status: record.status,
  created_at: new Date(record.createdAt).toISOString(),
  revision,
})
