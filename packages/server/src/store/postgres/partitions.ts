import type { Clock } from '@speka/core'
import { backgroundClock } from '../availability.ts'
import type { Database } from './database.ts'
import { statement, type Session } from './session.ts'

/** How many months ahead have a partition of their own. */
const MONTHS_AHEAD = 2

/** Whoever makes partitions takes it, so that two do not make the same: "month" in ASCII. */
const LOCK = 0x6d_6f_6e_74_68

const TAKE_LOCK = statement('SELECT pg_advisory_xact_lock($1)')
/** Asked of the table, which says what is there now: what `to_regclass` has once not found, it may not find behind a lock either. */
const IS_THERE = statement(
  'SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1) AS there',
)

/**
 * Makes the partitions of the month of a moment and of those ahead, where they are missing. A month is told by an id, which begins with
 * its moment.
 *
 * @param now in ms since the epoch.
 */
export async function makePartitions(database: Database, now: number): Promise<void> {
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) await makePartition(database, monthFrom(now, ahead))
}

/** How often is looked whether the next months have theirs, in ms; and again after a look that failed. */
const LOOK_MS = 24 * 3600 * 1000
const RETRY_MS = 60_000

export interface PartitionWatchParts {
  readonly database: Database
  readonly clock?: Pick<Clock, 'after'> | undefined
  /** In ms since the epoch. */
  readonly now: () => number
}

/** Makes partitions ahead for as long as the process runs. @returns stops it */
export function watchPartitions({ database, clock = backgroundClock, now }: PartitionWatchParts): () => void {
  let isStopped = false
  let cancel = clock.after(LOOK_MS, look)
  function look(): void {
    void makeThem().then((ms) => {
      if (!isStopped) cancel = clock.after(ms, look)
    })
  }
  /** @returns when to look again, in ms */
  async function makeThem(): Promise<number> {
    try {
      await makePartitions(database, now())
      return LOOK_MS
    } catch {
      // Until it goes well, rows of months without one of their own are in the last partition.
      return RETRY_MS
    }
  }
  return () => {
    isStopped = true
    cancel()
  }
}

async function makePartition(database: Database, month: number): Promise<void> {
  const name = partitionName(month)
  if (await isThere(database, name)) return
  const made = database.transact(async (session) => {
    await session.run(TAKE_LOCK, [LOCK])
    if (await isThere(session, name)) return
    const [from, to] = [firstId(month), firstId(monthFrom(month, 1))]
    await session.script(`CREATE TABLE ${name} PARTITION OF usage_record FOR VALUES FROM ('${from}') TO ('${to}')`)
  })
  // Where nobody made it ahead, rows of its month are in the last partition by now, and stay there with all of that month.
  await made.catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== CHECK_VIOLATION) throw error
  })
}

const isThere = async (session: Pick<Session, 'run'>, name: string): Promise<boolean> =>
  (await session.run(IS_THERE, [name])).rows[0]?.['there'] === true

/** The first moment of a month, so many after that of a moment. */
function monthFrom(moment: number, ahead: number): number {
  const date = new Date(moment)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead)
}

const CHECK_VIOLATION = '23514'

/** `usage_record_2026_11` */
const partitionName = (month: number): string =>
  `usage_record_${new Date(month).toISOString().slice(0, 7).replace('-', '_')}`

/** What every UUIDv7 of a moment or later is not before, and every earlier one is: RFC 9562, section 5.7. */
function firstId(moment: number): string {
  const hex = moment.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}
