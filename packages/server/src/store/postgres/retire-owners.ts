import type { Lane } from './database.ts'
import { endOwners } from './end-owners.ts'
import { goneOwners } from './owner-life.ts'
import { statement } from './session.ts'

/** How long one may be unheard, in ms: it trusts its leases for 120 s, and 15 s are for clocks. */
const UNHEARD_MS = 135_000

/** A look that comes so long after the last one began has missed something, in ms: what was unheard in between counts for nothing. */
const GAP_MS = 10_000

const ALIVE = statement(`SELECT id, heard FROM owner WHERE state = 'alive' AND id <> $1`)

/** Ends owners besides one that are gone: their process is, or they have not been heard of for too long. */
export type RetireOwners = (lane: Lane, besides: number) => Promise<void>

export interface RetirementOptions {
  /** In ms. Default: this process's. */
  readonly monotonic?: (() => number) | undefined
  /** Those of some owners that nothing is left of which has to come before their end: rows in a spool. Default: all. */
  readonly mayEnd?: ((owners: readonly number[]) => Promise<readonly number[]>) | undefined
}

/**
 * Watches the others by this process's own clock, from one look to the next. Whoever has not been heard of since a look, while this process
 * looked all the time, is given up: so a database that was down, or cannot be reached, costs nobody his life, and neither does a
 * clock that was put forward.
 */
export function retireOwners({
  monotonic = () => performance.now(),
  mayEnd = async (owners) => owners,
}: RetirementOptions = {}): RetireOwners {
  let watched = new Map<number, { readonly heard: number; readonly since: number }>()
  let lookedAt = -Infinity
  return async (lane, besides) => {
    const now = monotonic()
    const { rows } = await lane.run(ALIVE, [besides])
    const isGap = now - lookedAt > GAP_MS
    lookedAt = now
    watched = new Map(
      rows.map((row) => {
        const [id, heard] = [Number(row['id']), Number(row['heard'])]
        const before = isGap ? undefined : watched.get(id)
        return [id, before?.heard === heard ? before : { heard, since: now }]
      }),
    )
    const unheard = [...watched].filter(([, { since }]) => now - since >= UNHEARD_MS).map(([id]) => id)
    const gone = new Set((await goneOwners(lane)).filter((id) => id !== besides))
    const ending = gone.size + unheard.length === 0 ? [] : await mayEnd([...new Set([...gone, ...unheard])])
    if (ending.length === 0) return
    await lane.transact(async (session) => {
      await endOwners(
        session,
        ending.filter((id) => gone.has(id)),
        'process_gone',
      )
      await endOwners(
        session,
        ending.filter((id) => !gone.has(id)),
        'unheard',
      )
    })
  }
}
