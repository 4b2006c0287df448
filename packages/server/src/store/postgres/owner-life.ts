import { hostname } from 'node:os'
import type { LedgerOwner, OwnerEnd } from '../ledger-owner.ts'
import { bootId, ownProcess, processMark, pidSpace } from '../own-process.ts'
import { statement, type Row, type Session } from './session.ts'
import { hasSpoolOf, type SpoolWriter } from './spool/spool-file.ts'

/** The database's clock, in ms since the epoch: replicas' own may be minutes apart. */
export const NOW = `(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** After how long without a word an owner counts as silent, in ms: nobody waits for its answers. */
const LOST_MS = 15_000

const BEGIN = statement(`
  INSERT INTO owner (started_at, host, boot_id, pid, process, spool, state, heard_at)
  VALUES (${NOW}, $1, $2, $3, $4, $5, 'alive', ${NOW}) RETURNING id, started_at`)
const BORROW = statement('INSERT INTO borrower (owner, last_call, counted_n) VALUES ($1, 0, 0)')
const HEARD = statement(`
  UPDATE owner SET heard_at = ${NOW}, heard = heard + 1 WHERE id = $1 AND state = 'alive'`)
const ALL = statement(`
  SELECT *, state = 'alive' AND heard_at < ${NOW} - ${LOST_MS} AS silent FROM owner ORDER BY id`)
const ALIVE = statement(`SELECT id, boot_id, pid, process, spool FROM owner WHERE state = 'alive'`)

/** The life of one owner: this process's, as long as it writes rows. */
export interface OwnerLife {
  /** `undefined`: it has not begun, or somebody has taken it for ended. */
  readonly id: number | undefined
  /** By what the rows of its spool are known as its own. */
  readonly writer: SpoolWriter | undefined
  /** Becomes an owner, unless it is one. @returns its id */
  begin(session: Session): Promise<number>
  /** Rows of this process may name budgets from now on. */
  nameBudgets(): void
  /** Becomes another one with the next {@link begin}. */
  forget(): void
  /** Says that it lives. @returns whether it is one, and nobody has said that it has ended */
  pulse(session: Pick<Session, 'run'>): Promise<boolean>
}

/** @param spool the folder in which its rows wait while the database does not answer. Default: none do. */
export function ownerLife(spool?: string): OwnerLife {
  let life: SpoolWriter | undefined
  let namesBudgets = false
  return {
    get id() {
      return life?.owner
    },
    get writer() {
      return life
    },
    async begin(session) {
      if (life !== undefined) return life.owner
      const self = ownProcess()
      const { rows } = await session.run(BEGIN, [hostname(), self.bootId, self.pid, self.process, spool ?? null])
      const begun = Number(rows[0]?.['id'])
      // What was admitted in the name of the one before is settled in this one's, and counts in budgets all the same.
      if (namesBudgets) await session.run(BORROW, [begun])
      life = { owner: begun, startedAt: Number(rows[0]?.['started_at']), ...self }
      return begun
    },
    nameBudgets() {
      namesBudgets = true
    },
    forget() {
      life = undefined
    },
    async pulse(session) {
      const asked = life
      if (asked === undefined) return false
      const { count } = await session.run(HEARD, [asked.owner])
      if (count === 0 && life === asked) life = undefined
      return count > 0
    },
  }
}

/** Everybody who has ever been one, the oldest first. */
export async function listOwners(session: Pick<Session, 'run'>): Promise<LedgerOwner[]> {
  const { rows } = await session.run(ALL)
  return rows.map((row) => ({
    id: Number(row['id']),
    startedAt: Number(row['started_at']),
    pid: Number(row['pid']),
    rows: Number(row['last_n']),
    // Written by endOwners, with an OwnerEnd.
    ended: row['state'] === 'alive' ? undefined : { how: row['ended_how'] as OwnerEnd, at: Number(row['ended_at']) },
    isSilent: row['silent'] === true,
  }))
}

/** The owners alive that one process of this machine has been. */
export async function ownersOf(session: Pick<Session, 'run'>, pid: number): Promise<number[]> {
  const { rows } = await session.run(ALIVE)
  return rows.filter((row) => isHere(row) && Number(row['pid']) === pid).map((row) => Number(row['id']))
}

/**
 * Those alive whose process is gone, as far as this machine can tell: of another machine it cannot. Not those with rows in a spool: who
 * starts in its folder brings them in before they are retired, and they count in no budget when they come after that.
 */
export async function goneOwners(session: Pick<Session, 'run'>): Promise<number[]> {
  const { rows } = await session.run(ALIVE)
  const gone = rows.filter((row) => isHere(row) && processMark(Number(row['pid'])) !== row['process'])
  const owners = gone.map((row) => ({ id: Number(row['id']), spool: row['spool'] }))
  const waits = await Promise.all(
    owners.map(({ id, spool }) => (typeof spool === 'string' ? hasSpoolOf(spool, id) : false)),
  )
  return owners.filter((_, index) => waits[index] === false).map(({ id }) => id)
}

/** Whether its process is, or was, of this boot and where its pid means the same as here. */
const isHere = (row: Row): boolean => row['boot_id'] === bootId() && String(row['process']).startsWith(`${pidSpace()} `)
