import type { Claimed, ReplyStore } from '../store.ts'
import type { StateParts } from './registry.ts'
import { statement, type Session } from './session.ts'

/** Only replies are lost by it when the database crashes, and no answer waits for its disk. */
const NO_WAIT = statement(`SELECT set_config('synchronous_commit', 'off', true)`)
const TAKE = statement(`
  INSERT INTO reply (place, fingerprint, until) VALUES ($1, $2, $4)
  ON CONFLICT (place) DO UPDATE SET fingerprint = excluded.fingerprint, until = excluded.until, kept = NULL, bytes = NULL, reply = NULL
  WHERE reply.until <= $3`)
const FIND = statement('SELECT fingerprint, reply FROM reply WHERE place = $1')
const KEEP = statement(`
  UPDATE reply SET reply = $2, bytes = $3, until = $4, kept = nextval('reply_kept') WHERE place = $1`)
const RELEASE = statement('DELETE FROM reply WHERE place = $1')
/** Some at a time, and none that another one deletes at this moment. */
const DROP_ENDED = statement(`
  DELETE FROM reply WHERE place IN (SELECT place FROM reply WHERE until <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)`)
const TAKE_TURN = statement('SELECT FROM reply_turn FOR UPDATE')
/** All but the newest that have room together. */
const MAKE_ROOM = statement(`
  DELETE FROM reply USING (
    SELECT place, sum(bytes) OVER (ORDER BY kept DESC) AS newer FROM reply WHERE kept IS NOT NULL
  ) AS counted
  WHERE reply.place = counted.place AND counted.newer > $1`)

/** What part of the room each replica may fill before it looks whether others have filled it too. */
const LOOKED_AFTER = 1 / 64

/** How often what has ended is thrown away, in ms. Until then it is in nobody's way. */
const DROPPED_EVERY_MS = 10_000

/**
 * Replies, which all replicas share.
 *
 * @param mostBytes the most that is kept of them, but for a sixty-fourth for each replica.
 */
export function postgresReplies({ database, ask }: StateParts, mostBytes: number): ReplyStore {
  let added = 0
  let droppedAt = -Infinity

  async function dropEnded(now: number): Promise<void> {
    if (now - droppedAt < DROPPED_EVERY_MS) return
    droppedAt = now
    await database.run(DROP_ENDED, [now])
  }

  async function makeRoom(bytes: number): Promise<void> {
    added += bytes
    if (added <= mostBytes * LOOKED_AFTER) return
    added = 0
    await database.transact(async (session) => {
      await session.run(TAKE_TURN)
      await session.run(MAKE_ROOM, [mostBytes])
    })
  }

  return {
    claim: (place, { fingerprint, now, until }) =>
      ask(async () => {
        await dropEnded(now)
        for (;;) {
          const found = await database.transact(async (session): Promise<Claimed | undefined> => {
            await session.run(NO_WAIT)
            const { count } = await session.run(TAKE, [place, fingerprint, now, until])
            return count === 1 ? { state: 'yours' } : claimed(session, place)
          })
          // Whoever had it has given it up between two looks.
          if (found !== undefined) return found
        }
      }),
    keep: (place, reply, until) =>
      ask(async () => {
        const { count } = await database.transact(async (session) => {
          await session.run(NO_WAIT)
          return session.run(KEEP, [place, reply, reply.length, until])
        })
        if (count > 0) await makeRoom(reply.length)
      }),
    release: (place) =>
      ask(async () => {
        await database.run(RELEASE, [place])
      }),
  }
}

/** Who has a place, as long as somebody has. */
async function claimed(session: Session, place: string): Promise<Claimed | undefined> {
  const [row] = (await session.run(FIND, [place])).rows
  if (row === undefined) return undefined
  const fingerprint = String(row['fingerprint'])
  const reply = row['reply']
  if (!(reply instanceof Uint8Array)) return { state: 'running', fingerprint }
  return { state: 'kept', fingerprint, reply: new Uint8Array(reply.buffer, reply.byteOffset, reply.byteLength) }
}
