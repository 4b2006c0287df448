import { checksumOf } from '../checksum.ts'
import { Trust } from '../leases/trust.ts'
import type { Failure, RowFailure } from '../storage-failure.ts'
import type { RowText } from '../usage-record-table.ts'
import type { Lane } from './database.ts'
import { NOW, type OwnerLife } from './owner-life.ts'
import { failureOf, Refusal } from './postgres-failure.ts'
import { statement } from './session.ts'

/** Of rows in a text, a line each, those that are not there already, in their order. */
export const FRESH_ROWS = `sent AS (
    SELECT place, split_part(line, E'\\t', 2) AS id, line FROM unnest(string_to_array($2, E'\\n')) WITH ORDINALITY AS sent (line, place)
  ), fresh AS (
    SELECT *, row_number() OVER (ORDER BY place) AS k FROM sent
    WHERE NOT EXISTS (SELECT FROM usage_record WHERE usage_record.id = sent.id)
  )`

/** Gives them the numbers behind the last of an owner. */
export const INSERT_FRESH = (owner: string, isLate: string): string => `
    INSERT INTO usage_record (owner, n, is_late, checksum, id, created_at, account, key_id, charge_pico, record)
    SELECT ${owner}.id, ${owner}.last_n + k, ${isLate}, split_part(line, E'\\t', 1)::bigint, fresh.id,
      split_part(line, E'\\t', 3)::bigint, split_part(line, E'\\t', 4), nullif(split_part(line, E'\\t', 5), ''),
      nullif(split_part(line, E'\\t', 6), '')::bigint, split_part(line, E'\\t', 7)
    FROM fresh, ${owner}
    RETURNING 1`

/**
 * Commits a batch in the name of an owner, in one statement: it takes the owner's row, which says the number of its last record; leaves out what
 * is there already, so that it takes no number; and gives the rest the numbers behind. Of an owner that somebody has taken for ended
 * nothing is taken, and no owner comes back.
 *
 * The rows come as one text, a line each, with tabs between the columns: less work for the gateway than a parameter for each value. In JSON
 * neither stands as it is, and in ids neither is allowed.
 */
const SETTLE = statement(`
  WITH alive AS (
    SELECT id, last_n FROM owner WHERE id = $1 AND state = 'alive' FOR UPDATE
  ), ${FRESH_ROWS}, kept AS (
    ${INSERT_FRESH('alive', 'false')}
  )
  UPDATE owner SET last_n = owner.last_n + (SELECT count(*) FROM kept), heard_at = ${NOW}, heard = heard + 1
  FROM alive WHERE owner.id = alive.id`)

const WHICH_ARE_THERE = statement('SELECT id FROM usage_record WHERE id = ANY ($1)')

/** How long to wait before what was not answered is sent again, in ms: longer each time, up to the last. */
const RESEND_MS = [0, 20, 100, 250]

/**
 * Says whether rows are sent again that the database has not answered.
 *
 * @param isSent whether they may be there: then whoever waits for them is told nothing before the database has answered.
 */
export type SendAgain = (failure: Failure, isSent: boolean) => boolean | Promise<boolean>

/** Commits batches of encoded records, one after the other. @param again Default: for as long as they may be there. */
export type RowSettler = (texts: readonly RowText[], again?: SendAgain) => Promise<RowFailure[]>

/** Writes rows in the name of an owner, on a lane of its own. */
export function rowSettler(lane: Lane, owner: OwnerLife, trust: Trust = new Trust()): RowSettler {
  /** @param onSend called when from now on the rows may be there. */
  async function send(texts: readonly RowText[], onSend: () => void): Promise<void> {
    const id = owner.id ?? (await lane.transact((session) => owner.begin(session)))
    await lane.connect()
    onSend()
    const sentAt = trust.now()
    if ((await lane.run(SETTLE, [id, linesOf(texts)])).count === 1) return trust.heard(sentAt)
    if (owner.id === id) owner.forget()
    trust.ended()
    throw new Refusal('fenced', `owner ${id} was taken for ended`)
  }

  /**
   * What was sent before a connection broke may have been kept: so it is sent again, by its ids.
   *
   * @param doubt called when some were sent that may be there, whatever is answered later.
   */
  async function sendUntilAnswered(texts: readonly RowText[], again: SendAgain, doubt: () => void): Promise<void> {
    let isSent = false
    for (let tried = 0; ; tried += 1) {
      try {
        return await send(texts, () => (isSent = true))
      } catch (error) {
        const failure = failureOf(error)
        // A row that came by an earlier connection meanwhile: the next look sees it.
        if (failure.kind === 'duplicate' && tried < MOST_DUPLICATES) continue
        if (failure.kind === 'unreachable' && isSent) doubt()
        if (failure.kind !== 'unreachable' || !(await again(failure, isSent))) throw error
      }
      const pause = RESEND_MS[Math.min(tried, RESEND_MS.length - 1)] ?? 0
      await new Promise((resolve) => setTimeout(resolve, pause).unref())
    }
  }

  async function sendOneByOne(texts: readonly RowText[], again: SendAgain): Promise<RowFailure[]> {
    const failures: RowFailure[] = []
    for (const [index, text] of texts.entries()) {
      let mayBeThere = false
      try {
        await sendUntilAnswered([text], again, () => (mayBeThere = true))
      } catch (error) {
        failures.push({ index, ...failureOf(error), mayBeThere })
      }
    }
    return failures
  }

  /** Of an owner that is dead nothing is taken; what it had brought in before counts as settled. */
  async function failUnlessThere(texts: readonly RowText[], failure: Failure): Promise<RowFailure[]> {
    const { rows } = await lane.run(WHICH_ARE_THERE, [texts.map(idOf)])
    const there = new Set(rows.map(({ id }) => id))
    return texts.flatMap((text, index) => (there.has(idOf(text)) ? [] : [{ index, ...failure }]))
  }

  return async (texts, again = (_, isSent) => isSent) => {
    const once = eachOnce(texts)
    let mayBeThere = false
    try {
      await sendUntilAnswered(once, again, () => (mayBeThere = true))
      return []
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'bad_row') return sendOneByOne(texts, again)
      if (failure.kind === 'fenced')
        return failUnlessThere(texts, failure).catch(() =>
          texts.map((_, index) => ({ index, ...failure, mayBeThere: true })),
        )
      return texts.map((_, index) => ({ index, ...failure, mayBeThere }))
    }
  }
}

/** The first of those with one id. */
export function eachOnce(texts: readonly RowText[]): readonly RowText[] {
  const ids = new Set<string>()
  const once = texts.filter((text) => {
    const id = idOf(text)
    if (ids.has(id)) return false
    ids.add(id)
    return true
  })
  return once.length === texts.length ? texts : once
}

/** More would be no overlap of connections, but a fault of ours. */
const MOST_DUPLICATES = 5

const idOf = (text: RowText): string => text.slice(0, text.indexOf('\t'))

/** A line each, with its checksum before its columns. */
export const linesOf = (texts: readonly RowText[]): string =>
  texts.map((text) => `${checksumOf(text)}\t${text}`).join('\n')
