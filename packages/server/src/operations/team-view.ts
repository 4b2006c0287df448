import { z } from 'zod'
import type { Kept } from '../store/registry.ts'

/** A team as it is shown. */
export const teamView = z.object({
  id: z.string(),
  account: z.string(),
  name: z.string(),
  created_at: z.string(),
  revision: z.number(),
})

export type TeamView = z.output<typeof teamView>

export const viewTeam = ({ record, revision }: Kept<'team'>): TeamView => ({
  id: record.id,
  account: record.account,
  name: record.name,
  created_at: new Date(record.createdAt).toISOString(),
  revision,
})
