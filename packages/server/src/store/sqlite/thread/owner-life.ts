import type { DatabaseSync } from 'node:sqlite'
import type { LedgerOwner, OwnerEnd } from '../../ledger-owner.ts'
import { Refusal } from '../sqlite-failure.ts'
import type { SqlRow } from '../usage-record-table.ts'
import { bootId, ownProcess, pidSpace, processMark } from './own-process.ts'
import { LAST_N } from './place.ts'

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
}

/** @param now the time, in ms since the epoch. */
export function ownerLife(db: DatabaseSync, now: () => number = Date.now): OwnerLife {
  const insert = db.prepare(`INSERT INTO owner (started_at, boot_id, pid, process, state) VALUES (?, ?, ?, ?, 'alive')`)
  const standing = db.prepare(`SELECT state, ${LAST_N} AS n FROM owner WHERE id = ?`)
  let id: number | undefined
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
      endTheGone(db, now())
      id = Number(insert.run(now(), self.bootId, self.pid, self.process).lastInsertRowid)
    },
    lastN() {
      const row = standing.get(known()) as SqlRow | undefined
      if (row?.['state'] !== 'alive') throw new Refusal('fenced', `owner ${known()} was taken for ended`)
      return Number(row['n'])
    },
    end() {
      endOwners(db, [known()], 'goodbye', now())
      id = undefined
    },
    forgetIfEnded() {
      if (id !== undefined && (standing.get(id) as SqlRow | undefined)?.['state'] !== 'alive') id = undefined
    },
  }
}

/** Writes down that these owners have ended, those that are alive. */
export function endOwners(db: DatabaseSync, ids: readonly number[], how: OwnerEnd, at: number): void {
  const end = db.prepare(`
    UPDATE owner SET state = 'ended', ended_at = ?, ended_how = ?, last_n = ${LAST_N}
    WHERE id = ? AND state = 'alive'`)
  for (const id of ids) end.run(at, how, id)
}

/** Everybody who has ever been one, the oldest first. */
export const listOwners = (db: DatabaseSync): LedgerOwner[] =>
  (db.prepare(`SELECT *, coalesce(last_n, ${LAST_N}) AS n FROM owner ORDER BY id`).all() as SqlRow[]).map((row) => ({
    id: Number(row['id']),
    startedAt: Number(row['started_at']),
    pid: Number(row['pid']),
    rows: Number(row['n']),
    // Written by endOwners, with an OwnerEnd.
    ended: row['state'] === 'alive' ? undefined : { how: row['ended_how'] as OwnerEnd, at: Number(row['ended_at']) },
  }))

/** The owners alive that one process of this machine has been. */
export function ownersOf(db: DatabaseSync, pid: number): number[] {
  const rows = db.prepare(`SELECT id FROM owner WHERE state = 'alive' AND boot_id = ? AND pid = ?`).all(bootId(), pid)
  return rows.map((row) => Number(row['id']))
}

function endTheGone(db: DatabaseSync, at: number): void {
  for (const row of db.prepare(`SELECT id, boot_id, pid, process FROM owner WHERE state = 'alive'`).all() as SqlRow[]) {
    const how = howEnded(String(row['boot_id']), Number(row['pid']), String(row['process']))
    if (how !== undefined) endOwners(db, [Number(row['id'])], how, at)
  }
}

/** How an owner's process has ended; `undefined`: it lives, or it cannot be told from here. */
function howEnded(boot: string, pid: number, mark: string): OwnerEnd | undefined {
  if (boot !== bootId()) return 'earlier_boot'
  if (mark === '') return exists(pid) ? undefined : 'process_gone'
  // In another container its pid would mean somebody else.
  if (!mark.startsWith(`${pidSpace()} `)) return undefined
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
