import type { DatabaseSync } from 'node:sqlite'
import type { OwnerEnd } from '../../ledger-owner.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { pidSpace } from '../../own-process.ts'

/** How long one may be unheard that cannot be looked at from here, in ms: it trusts its leases for 120 s, and 15 s are for clocks. */
export const UNHEARD_MS = 135_000

/**
 * Owners in another container that hold money and have not been heard of for too long, as this process has watched by its own clock. Those
 * whose processes can be looked at are never given up for their silence: a process that is stopped may go on.
 */
export function unheardOwners(
  db: DatabaseSync,
  monotonic: () => number = () => performance.now(),
): (besides: number) => { readonly id: number; readonly how: OwnerEnd }[] {
  const holders = db.prepare(`
    SELECT id, process, heard_at FROM owner
    WHERE state = 'alive' AND id <> ? AND EXISTS (SELECT 1 FROM lease WHERE lease.owner = owner.id)`)
  let watched = new Map<number, { readonly heard: number; readonly since: number }>()
  return (besides) => {
    const now = monotonic()
    const rows = (holders.all(besides) as SqlRow[]).filter(({ process }) => isOfAnotherSpace(String(process)))
    watched = new Map(
      rows.map((row) => {
        const [id, heard] = [Number(row['id']), Number(row['heard_at'])]
        const before = watched.get(id)
        return [id, before?.heard === heard ? before : { heard, since: now }]
      }),
    )
    return [...watched].flatMap(([id, { since }]) =>
      now - since >= UNHEARD_MS ? [{ id, how: 'unheard' as const }] : [],
    )
  }
}

/** Whether a pid of its means somebody else here. */
export const isOfAnotherSpace = (mark: string): boolean => mark !== '' && !mark.startsWith(`${pidSpace()} `)
