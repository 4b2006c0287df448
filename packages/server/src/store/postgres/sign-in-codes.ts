import { COUNTED_MS, MOST_CODE_TRIES, type CodeKept, type CodeTried, type SignInCodes } from '../sign-in-codes.ts'
import type { Ask } from './ask.ts'
import type { Database } from './database.ts'
import { inTurn } from './in-turn.ts'
import { statement, type Session } from './session.ts'

/** After a crash of the database people ask for another code: so nobody waits for its disk. The locks end with the transaction. */
const TAKE_COUNTERS = statement(`
  SELECT set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(lock)
  FROM (SELECT DISTINCT hashtextextended('sign-in ' || of, 0) AS lock FROM unnest($1::text[]) AS of ORDER BY lock) AS locks`)
const NO_WAIT = statement(`SELECT set_config('synchronous_commit', 'off', true)`)

/** Some at a time, and none that another one deletes at this moment. */
const FORGET_CODES = statement(`
  DELETE FROM sign_in_code WHERE n IN (
    SELECT n FROM sign_in_code WHERE until <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED)`)
const FORGET_ASKED = statement(`
  DELETE FROM sign_in_asked WHERE n IN (
    SELECT n FROM sign_in_asked WHERE at <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED)`)

/** The one that has to be over for another to have room, where there are as many. */
const IN_THE_WAY = statement(`
  SELECT at FROM sign_in_asked WHERE of = $1 AND at > $2 ORDER BY at DESC LIMIT 1 OFFSET greatest($3::bigint, 0)`)
const COUNT = statement('INSERT INTO sign_in_asked (of, at) SELECT of, $2 FROM unnest($1::text[]) AS of')
const FORGIVE = statement(`
  DELETE FROM sign_in_asked WHERE n = (
    SELECT n FROM sign_in_asked WHERE of = $1 AND at = $2 ORDER BY n DESC LIMIT 1 FOR UPDATE SKIP LOCKED)`)
const KEEP = statement('INSERT INTO sign_in_code (address, code, until, tries) VALUES ($1, $2, $3, 0)')

/** Whoever tries codes of an address has them alone. */
const TAKE_LIVE = statement(`
  SELECT code FROM sign_in_code WHERE address = $1 AND until > $2 AND tries < $3 ORDER BY n FOR UPDATE`)
const USE_UP = statement('DELETE FROM sign_in_code WHERE address = $1')
const NOTE_WRONG = statement(
  'UPDATE sign_in_code SET tries = tries + 1 WHERE address = $1 AND until > $2 AND tries < $3',
)

/** One-time codes, which all replicas share. However many ask for codes at a replica, they hold one connection. */
export function postgresSignInCodes({ database, ask }: { database: Database; ask: Ask }): SignInCodes {
  const oneAtATime = inTurn()
  const atOnce = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    ask(() => oneAtATime(() => database.transact(work)))

  return {
    keep: ({ address, code, counters, now, until }) =>
      atOnce(async (session): Promise<CodeKept> => {
        const counted = counters.map(({ of }) => of)
        await session.run(TAKE_COUNTERS, [counted])
        await session.run(FORGET_CODES, [now])
        await session.run(FORGET_ASKED, [now - COUNTED_MS])
        for (const [full, { of, most }] of counters.entries()) {
          const [row] = (await session.run(IN_THE_WAY, [of, now - COUNTED_MS, most - 1])).rows
          if (row !== undefined) return { isKept: false, full, until: Number(row['at']) + COUNTED_MS }
        }
        await session.run(COUNT, [counted, now])
        await session.run(KEEP, [address, code, until])
        return { isKept: true }
      }),

    countTry: ({ of, most, withinMs, now }) =>
      atOnce(async (session) => {
        await session.run(TAKE_COUNTERS, [[of]])
        await session.run(FORGET_ASKED, [now - COUNTED_MS])
        const [row] = (await session.run(IN_THE_WAY, [of, now - withinMs, most - 1])).rows
        if (row !== undefined) return Number(row['at']) + withinMs
        await session.run(COUNT, [[of], now])
        return undefined
      }),

    forgiveTry: (of, at) =>
      ask(async () => {
        await database.run(FORGIVE, [of, at])
      }),

    try: ({ address, code, now, isUsedUp }) =>
      atOnce(async (session): Promise<CodeTried> => {
        await session.run(NO_WAIT)
        const { rows } = await session.run(TAKE_LIVE, [address, now, MOST_CODE_TRIES])
        if (rows.length === 0) return 'none'
        if (rows.some((row) => row['code'] === code)) {
          if (isUsedUp) await session.run(USE_UP, [address])
          return 'right'
        }
        await session.run(NOTE_WRONG, [address, now, MOST_CODE_TRIES])
        return 'wrong'
      }),
  }
}
