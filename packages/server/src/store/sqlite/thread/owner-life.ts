import type { DatabaseSync } from 'node:sqlite'
import type { LedgerOwner, OwnerEnd } from '../../ledger-owner.ts'
import { Refusal } from '../sqlite-failure.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { endOwners } from './end-owners.ts'
import { bootId, ownProcess, processMark } from '../../own-process.ts'
import { LAST_N } from './place.ts'
import { isOfAnotherSpace, UNHEARD_MS } from './unheard-owners.ts'

/** The life of one owner: this connection's, as long as it writes rows. Nothing here takes the lock or syncs. */
export interface OwnerLife {
  /** Its id. @throws Refusal `fenced` before it has begun. */
  readonly id: number
  readonly hasBegun: boolean
  /** Becomes an owner, and says of others that they have ended, as far as this machine can tell. One transaction. */
  begin(): void
  /** The number of its last row; 0: it has none. @throws Refusal `fenced` when somebody has said that it has ended. */
  lastN(): number
  /** Says that it ends, having written all it will. */
  end(): void
  /** Becomes another owner with the next {@link begin}, when somebody has said that this one has ended. */
  forgetIfEnded(): void
  /** Rows of this process may name budgets from now on. */
  nameBudgets(): void
}

/** @param now the time, in ms since the epoch. */
export function ownerLife(db: DatabaseSync, now: () => number = Date.now): OwnerLife {
  const insert = db.prepare(`
    INSERT INTO owner (started_at, boot_id, pid, process, state, counted_n) VALUES (?, ?, ?, ?, 'alive', ?)`)
  const standing = db.prepare(`SELECT state, ${LAST_N} AS n FROM owner WHERE id = ?`)
  const endAll = endOwners(db)
  let id: number | undefined
  let namesBudgets = false
  const known = (): number => {
    if (id === undefined) throw new Refusal('fenced', 'this process has not become an owner yet')
    return id
  }
  return {
    get id() {
      return known()
    },
    get hasBegun() {
      return id !== undefined
    },
    begin() {
      const self = ownProcess()
      for (const { id: gone, how } of goneOwners(db)) endAll([gone], how, now())
      id = Number(insert.run(now(), self.bootId, self.pid, self.process, namesBudgets ? 0 : null).lastInsertRowid)
    },
    lastN() {
      const row = standing.get(known()) as SqlRow | undefined
      if (row?.['state'] !== 'alive') throw new Refusal('fenced', `owner ${known()} was taken for ended`)
      return Number(row['n'])
    },
    end() {
      endAll([known()], 'goodbye', now())
      id = undefined
    },
    forgetIfEnded() {
      if (id !== undefined && (standing.get(id) as SqlRow | undefined)?.['state'] !== 'alive') id = undefined
    },
    nameBudgets() {
      namesBudgets = true
    },
  }
}

/**
 * Everybody who has ever been one, the oldest first.
 *
 * @param now the time, in ms since the epoch
 */
export const listOwners = (db: DatabaseSync, now = Date.now()): LedgerOwner[] =>
  (db.prepare(`SELECT *, coalesce(last_n, ${LAST_N}) AS n FROM owner ORDER BY id`).all() as SqlRow[]).map((row) => ({
    id: Number(row['id']),
    startedAt: Number(row['started_at']),
    pid: Number(row['pid']),
    rows: Number(row['n']),
    // Written by endOwners, with an OwnerEnd.
    ended: row['state'] === 'alive' ? undefined : { how: row['ended_how'] as OwnerEnd, at: Number(row['ended_at']) },
    isSilent:
      row['state'] === 'alive' && isElsewhere(row) && now - Number(row['heard_at'] ?? row['started_at']) >= UNHEARD_MS,
  }))

/** The owners alive that one process of this machine has been. */
export function ownersOf(db: DatabaseSync, pid: number): number[] {
  const rows = db.prepare(`SELECT id FROM owner WHERE state = 'alive' AND boot_id = ? AND pid = ?`).all(bootId(), pid)
  return rows.map((row) => Number(row['id']))
}

/** Those alive whose process is gone, as far as this machine can tell. Reads what the system says of each. */
export function goneOwners(db: DatabaseSync, besides = 0): { readonly id: number; readonly how: OwnerEnd }[] {
  const alive = db.prepare(`SELECT id, boot_id, pid, process FROM owner WHERE state = 'alive' AND id <> ?`)
  return (alive.all(besides) as SqlRow[]).flatMap((row) => {
    const how = howEnded(String(row['boot_id']), Number(row['pid']), String(row['process']))
    return how === undefined ? [] : [{ id: Number(row['id']), how }]
  })
}

/** Whether its process is of this boot and cannot be looked at from here. */
const isElsewhere = (row: SqlRow): boolean =>
  String(row['boot_id']) === bootId() && isOfAnotherSpace(String(row['process']))

/** How an owner's process has ended; `undefined`: it lives, or it cannot be told from here. */
function howEnded(boot: string, pid: number, mark: string): OwnerEnd | undefined {
  if (boot !== bootId()) return 'earlier_boot'
  if (mark === '') return exists(pid) ? undefined : 'process_gone'
  // In another container its pid would mean somebody else.
  if (isOfAnotherSpace(mark)) return undefined
  return processMark(pid) === mark ? undefined : 'process_gone'
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
