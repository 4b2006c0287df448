import type { CountedBefore, CounterAnswer, UnderWayBefore } from '@speka/core/internal'
import type { RateDatabase, RateEpoch } from '../rate-database.ts'
import type { Database } from './database.ts'
import { RateRows, readState } from './rate-rows.ts'
import { statement, type Session } from './session.ts'

/** An owner of which nothing was heard for so long has ended: nothing of it is under way any more. As long as an owner of money. */
const OWNER_ENDS = `interval '135 seconds'`
/**
 * A process of which nothing was heard for so long uses nothing that counts: it stops to use a Redis when it has not heard of this database for
 * two minutes, and then a window has passed.
 */
const USES_END = `interval '200 seconds'`
/** Who was not heard for so long is not waited for before a Redis counts again. */
const IS_THERE = `interval '5 seconds'`
/** Who ended is remembered for as long as a request of it may count. */
const FORGOTTEN = `interval '25 hours'`

const CHANNEL = 'speka_rate_epoch'
/** How often what counts no more is deleted: once in so many beats. */
const BEATS_A_TIDY = 60

/** Of the others it answers as they are, and of who beats as it was before: that is the same, but for one that was not there. */
const BEAT = statement(`
  WITH beat AS (
    INSERT INTO rate_member (member, heard, sees, reported, told, told_at)
    SELECT $1, clock_timestamp(), $2, epoch, '[]', clock_timestamp() FROM rate_epoch
    ON CONFLICT (member) DO UPDATE SET heard = clock_timestamp(), sees = excluded.sees
  )
  SELECT e.epoch, e.life, e.series,
    (SELECT reported < e.epoch FROM rate_member WHERE member = $1) AS wants_report,
    (SELECT CASE WHEN count(*) = count(sees) AND count(DISTINCT sees) = 1 THEN min(sees) END
      FROM rate_member WHERE NOT has_left AND heard > now() - ${IS_THERE}) AS everybody_sees
  FROM rate_epoch e`)
const COUNTING = statement(`
  SELECT e.epoch, e.life, extract(epoch FROM clock_timestamp()) * 1000 AS at,
    (SELECT reported FROM rate_member WHERE member = $1) AS reported,
    EXISTS (SELECT FROM rate_member
      WHERE reported < e.epoch AND NOT has_left AND heard > clock_timestamp() - ${USES_END}) AS waits,
    (SELECT array_agg(member) FROM rate_member WHERE NOT has_left AND heard > clock_timestamp() - ${OWNER_ENDS}) AS living
  FROM rate_epoch e FOR SHARE OF e`)
const LOCK_EPOCH = statement(`
  SELECT epoch, life, nextval('rate_epoch_number') AS next, extract(epoch FROM clock_timestamp()) * 1000 AS at
  FROM rate_epoch FOR UPDATE`)
/** In one statement, since all wait for it. Answers with what those have told last who are gone. */
const BEGIN_EPOCH = statement(`
  WITH begun AS (UPDATE rate_epoch SET epoch = $1::bigint, life = $2), emptied AS (DELETE FROM rate),
    told AS (SELECT pg_notify('${CHANNEL}', ($1::bigint)::text))
  SELECT NULL::text AS told, NULL::numeric AS age FROM told
  UNION ALL
  SELECT told, extract(epoch FROM clock_timestamp() - told_at) * 1000 FROM rate_member
  WHERE has_left OR heard <= clock_timestamp() - ${IS_THERE}`)
const ALL_ROWS = statement('SELECT place, state FROM rate')
const REPORTED = statement(`
  WITH reported AS (
    UPDATE rate_member SET reported = greatest(reported, $2::bigint), told = $3, told_at = clock_timestamp(), heard = clock_timestamp()
    WHERE member = $1
  )
  SELECT pg_notify('${CHANNEL}', ($2::bigint)::text) WHERE $4::boolean`)
const LEAVE = statement(
  `UPDATE rate_member SET has_left = true, told = $2, told_at = clock_timestamp() WHERE member = $1`,
)
const TIDY_ROWS = statement('DELETE FROM rate WHERE until < clock_timestamp()')
const TIDY_MEMBERS = statement(`DELETE FROM rate_member WHERE heard < clock_timestamp() - ${FORGOTTEN}`)

/** Rates that replicas share, in PostgreSQL. */
export function postgresRates(database: Database): RateDatabase {
  const listeners: ((epoch: number) => void)[] = []
  const lane = database.lane({
    purpose: 'rates',
    async onConnect(client) {
      client.on('notification', ({ payload }) => listeners.forEach((listener) => listener(Number(payload))))
      await client.query(`LISTEN ${CHANNEL}`)
    },
  })
  let beats = 0

  return {
    async beat(member, sees) {
      beats += 1
      if (beats % BEATS_A_TIDY === 0) {
        await lane.run(TIDY_ROWS)
        await lane.run(TIDY_MEMBERS)
      }
      const { rows } = await lane.run(BEAT, [member, sees ?? null])
      return epochOf(rows[0] ?? {})
    },

    ask: (epoch, owner, wants) =>
      lane.transact(async (session): Promise<CounterAnswer | 'over' | 'closed'> => {
        const counting = await countingOf(session, owner)
        if (counting.epoch !== epoch || counting.isElsewhere) return 'over'
        if (counting.waits) return 'closed'
        const rows = await RateRows.lock(
          session,
          wants.map(({ place }) => place),
        )
        const answers = wants.map((want) => rows.answer(owner, want, counting.at, counting.living))
        await rows.write(session)
        return { at: counting.at, answers }
      }),

    tell: (epoch, owner, told) =>
      lane.transact(async (session) => {
        const counting = await countingOf(session, owner)
        if (counting.epoch !== epoch || counting.isElsewhere) return false
        const rows = await RateRows.lock(
          session,
          told.map(({ place }) => place),
        )
        for (const one of told) rows.tell(owner, one, counting.at)
        await rows.write(session)
        return true
      }),

    takeOver: (ended) =>
      lane.transact(async (session) => {
        const { rows: epochs } = await session.run(LOCK_EPOCH)
        const { epoch, life, next, at } = epochs[0] ?? {}
        if (Number(epoch) !== ended || life === null) return undefined
        // Of those who are gone it counts what they told last.
        const unheard = (await session.run(BEGIN_EPOCH, [Number(next), null])).rows.flatMap(({ told, age }) =>
          (told === null ? [] : (JSON.parse(String(told)) as CountedBefore[]))
            .filter(({ kind }) => kind !== 'max_parallel')
            .map((one) => ({ ...one, ageMs: one.ageMs + Number(age) })),
        )
        const rows = await RateRows.lock(
          session,
          unheard.map(({ place }) => place),
        )
        restore(rows, unheard, Number(at))
        await rows.write(session)
        return Number(next)
      }),

    handOver: (ended, member, life, fill) =>
      lane.transact(async (session) => {
        const { rows: epochs } = await session.run(LOCK_EPOCH)
        const { epoch, life: before, next } = epochs[0] ?? {}
        if (Number(epoch) !== ended || before !== null) return
        const { at, waits, living } = await countingOf(session, member)
        if (waits) return
        const counted: CountedBefore[] = []
        const underWay: UnderWayBefore[] = []
        for (const { place, state } of (await session.run(ALL_ROWS)).rows) {
          const { kind, rate, entries, owners } = readState(state) ?? { kind: 'rpm', rate: 0, entries: [], owners: {} }
          const where = { kind, place: String(place), rate }
          for (const [time, amount] of entries) counted.push({ ...where, ageMs: at - time, amount })
          for (const [owner, amount] of Object.entries(owners))
            if (living.has(owner)) underWay.push({ place: String(place), owner, amount })
        }
        await fill(Number(next), counted, underWay)
        await session.run(BEGIN_EPOCH, [Number(next), life])
        await session.run(ALL_REPORTED, [Number(next)])
      }),

    report: (epoch, member, counted) =>
      lane.transact(async (session) => {
        const counting = await countingOf(session, member)
        const isOpen = counting.epoch === epoch
        const isAwaited = isOpen && !counting.isElsewhere && counting.reported < epoch
        if (isAwaited) {
          const rows = await RateRows.lock(
            session,
            counted.map(({ place }) => place),
          )
          restore(rows, counted, counting.at)
          for (const one of counted) if (one.kind === 'max_parallel') rows.setUnderWay(member, one, one.amount)
          await rows.write(session)
        }
        await session.run(REPORTED, [member, isOpen ? epoch : 0, JSON.stringify(counted), isAwaited])
      }),

    async leave(member, counted) {
      await lane.run(LEAVE, [member, JSON.stringify(counted)])
    },

    onChange: (listener) => void listeners.push(listener),
    close: () => lane.close(),
  }
}

const ALL_REPORTED = statement('UPDATE rate_member SET reported = $1')

function restore(rows: RateRows, counted: readonly CountedBefore[], at: number): void {
  for (const one of counted) if (one.kind !== 'max_parallel') rows.change(one, at - one.ageMs, one.amount, at)
}

interface Counting {
  readonly epoch: number
  readonly isElsewhere: boolean
  readonly at: number
  readonly waits: boolean
  /** The epoch for which who asks has reported last. */
  readonly reported: number
  readonly living: ReadonlySet<string>
}

async function countingOf(session: Session, member: string): Promise<Counting> {
  const { epoch, life, at, waits, reported, living } = (await session.run(COUNTING, [member])).rows[0] ?? {}
  return {
    epoch: Number(epoch),
    isElsewhere: life !== null,
    at: Math.floor(Number(at)),
    waits: waits === true,
    reported: Number(reported ?? Infinity),
    living: new Set(Array.isArray(living) ? living.map(String) : []),
  }
}

const epochOf = (row: Readonly<Record<string, unknown>>): RateEpoch => ({
  epoch: Number(row['epoch']),
  life: textOf(row['life']),
  series: String(row['series']),
  everybodySees: textOf(row['everybody_sees']),
  wantsReport: row['wants_report'] === true,
})

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
