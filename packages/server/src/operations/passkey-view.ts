import { z } from 'zod'
import type { PasskeyRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { shownMoment, textOf } from './moments.ts'

/** A passkey as it is shown to whose it is, and to who may change him. */
export const passkeyView = z.object({
  id: z.string(),
  account: z.string(),
  /** The id of the member whose it is. */
  member: z.string(),
  name: z.string(),
  /** `copied`: its count went back, as it does when there is a copy of it, and it is refused. */
  status: z.enum(['active', 'copied', 'removed']),
  /** How a browser may reach it, such as `internal`, `hybrid` or `usb`. */
  transports: z.array(z.string()),
  created_at: z.string(),
  /** `null`: nobody has signed in by it yet. */
  last_used_at: shownMoment,
  revision: z.number(),
})

type PasskeyView = z.output<typeof passkeyView>

export const viewPasskey = ({ record, revision }: Kept<'passkey'>): PasskeyView => ({
  id: record.id,
  account: record.account,
  member: record.member,
  name: record.name,
  status: statusOf(record),
  transports: [...record.transports],
  created_at: new Date(record.createdAt).toISOString(),
  last_used_at: textOf(record.lastUsedAt),
  revision,
})

function statusOf({ removedAt, copiedAt }: PasskeyRecord): PasskeyView['status'] {
  if (removedAt !== undefined) return 'removed'
  return copiedAt === undefined ? 'active' : 'copied'
}
