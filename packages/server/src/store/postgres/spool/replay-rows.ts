import type { RowText } from '../../usage-record-table.ts'
import { failureOf } from '../postgres-failure.ts'
import { statement, type Session } from '../session.ts'
import { eachOnce, FRESH_ROWS, INSERT_FRESH, linesOf } from '../settle-rows.ts'
import type { SpoolWriter } from './spool-file.ts'

/**
 * Puts rows of a spool into the ledger in the name of their owner, whatever has become of it: of one that has ended they are late, and count in
 * no cap. What is there already is left out.
 */
const REPLAY = statement(`
  WITH whose AS (
    SELECT id, last_n, state FROM owner WHERE id = $1 AND started_at = $3 AND boot_id = $4 AND process = $5 FOR UPDATE
  ), ${FRESH_ROWS}, kept AS (
    ${INSERT_FRESH('whose', `whose.state <> 'alive'`)}
  ), counted AS (
    UPDATE borrower SET counted_n = whose.last_n + (SELECT count(*) FROM kept)
    FROM whose WHERE borrower.owner = whose.id AND whose.state <> 'alive'
  )
  UPDATE owner SET last_n = owner.last_n + (SELECT count(*) FROM kept) FROM whose WHERE owner.id = whose.id
  RETURNING owner.state`)

/** What has become of the owner of rows that were put into the ledger. */
export type Replayed = 'alive' | 'ended' | 'unknown'

/** @returns `unknown` when the database has no such owner, and has taken nothing. */
async function replayOnce(
  session: Pick<Session, 'run'>,
  writer: SpoolWriter,
  texts: readonly RowText[],
): Promise<Replayed> {
  const { owner, startedAt, bootId, process } = writer
  const { rows } = await session.run(REPLAY, [owner, linesOf(eachOnce(texts)), startedAt, bootId, process])
  if (rows[0] === undefined) return 'unknown'
  return rows[0]['state'] === 'alive' ? 'alive' : 'ended'
}

/**
 * Puts rows of a spool into the ledger, by their ids. Those that break a rule of their table are told, and cost no other.
 *
 * @throws What the database fails with.
 */
export async function replayRows(
  session: Pick<Session, 'run'>,
  writer: SpoolWriter,
  texts: readonly RowText[],
  onBadRow: (text: RowText) => void,
): Promise<Replayed> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await replayOnce(session, writer, texts)
    } catch (error) {
      const { kind } = failureOf(error)
      // Sent before, by an earlier connection, and there by now: the next look sees it.
      if (kind === 'duplicate' && tried < TRIES) continue
      if (kind !== 'bad_row') throw error
      break
    }
  }
  // A database that has no such owner takes no row, and finds none bad.
  let replayed: Replayed = 'alive'
  for (const text of texts) {
    try {
      replayed = await replayOnce(session, writer, [text])
    } catch (error) {
      if (failureOf(error).kind !== 'bad_row') throw error
      onBadRow(text)
    }
  }
  return replayed
}

const TRIES = 5
