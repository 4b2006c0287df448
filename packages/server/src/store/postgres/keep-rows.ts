import type { Clock } from '@speka/core'
import type { Trust } from '../leases/trust.ts'
import { mayPass, type Failure, type RowFailure } from '../storage-failure.ts'
import type { RowText } from '../usage-record-table.ts'
import type { RowSettler } from './settle-rows.ts'
import type { Appended, Spool } from './spool/spool.ts'

export interface RowKeeperParts {
  readonly settle: RowSettler
  /** Where rows wait for a database that does not answer; `undefined`: nowhere. */
  readonly spool: Pick<Spool, 'isHolding' | 'isDraining' | 'replayed' | 'append'> | undefined
  readonly trust: Trust
  /** Asks the database whether it still takes this process for alive; see `Trust`. */
  readonly pulse: () => Promise<unknown>
  readonly clock: Pick<Clock, 'after'>
  /** Whether there is no time left to wait for an answer: the process ends. */
  readonly givesUp: () => boolean
  /** Told why rows that may be there wait for an answer, so that no more can be taken; with `undefined`, that it has come. */
  readonly onStuck: (failure: Failure | undefined) => void
}

/** How long the database may take before rows go to the spool, in ms: their callers wait. */
const PATIENCE_MS = 2000

const SLOW: Failure = { kind: 'unreachable', detail: `it has not answered for ${PATIENCE_MS} ms` }
const NOT_TRUSTED: Failure = {
  kind: 'unreachable',
  detail: 'nothing was heard of it for so long that this gateway may count as ended',
}
const NO_ROOM: Failure = { kind: 'unreachable', detail: 'the spool, in which records wait for it, takes no more' }

/**
 * Keeps batches of rows, in the database or, as long as that does not answer, in the spool. Who is told of a failure has no row anywhere: what was sent
 * and may be there is sent again until the database answers.
 */
export function rowKeeper(parts: RowKeeperParts): (texts: readonly RowText[]) => Promise<RowFailure[]> {
  const { settle, spool, trust, pulse, clock, onStuck, givesUp } = parts

  async function isTrusted(): Promise<boolean> {
    if (trust.isRecent) return true
    // Where the database answers, it is heard of again; where it does not, nothing new is sent to it.
    await pulse().catch(() => {})
    return trust.isRecent
  }

  async function keepInDatabase(texts: readonly RowText[]): Promise<RowFailure[]> {
    const spooled = Promise.withResolvers<RowFailure[]>()
    let aside: Promise<Appended> | undefined
    let isStuck = false
    /** @returns whether the spool has them */
    const setAside = async (): Promise<boolean> => {
      aside ??= spool?.append(texts) ?? Promise.resolve('refused')
      const isThere = (await aside) === 'kept'
      if (isThere) spooled.resolve([])
      return isThere
    }
    const stick = (failure: Failure): void => {
      if (!isStuck) onStuck(failure)
      isStuck = true
    }
    let isAnswered = false
    const isLate = clock.after(PATIENCE_MS, async () => {
      if (!(await setAside()) && !isAnswered) stick(SLOW)
    })
    const answered = settle(texts, async (failure, isSent) => {
      if (await setAside()) return false
      const isWaiting = isSent && !givesUp()
      if (isWaiting) stick(failure)
      return isWaiting
    }).then(async (failures) => {
      isAnswered = true
      isLate()
      if (isStuck) onStuck(undefined)
      if (failures.length === 0) return []
      // What is in the spool comes to the ledger, whatever the database has said to it before.
      const isForSpool =
        failures.length === texts.length && failures.every((one) => mayPass(one) && one.kind !== 'fenced')
      if (aside === undefined && !isForSpool) return failures
      if (await setAside()) return []
      return (await aside) === 'unknown' ? failures.map((one) => ({ ...one, mayBeThere: true })) : failures
    })
    return Promise.race([answered, spooled.promise])
  }

  /** Resolves when nothing waits in the spool, or it is not known when that will be. */
  async function drained(of: Pick<Spool, 'replayed'>): Promise<void> {
    const late = Promise.withResolvers<void>()
    const stop = clock.after(PATIENCE_MS, late.resolve)
    await Promise.race([of.replayed().catch(() => {}), late.promise])
    stop()
  }

  return async (texts) => {
    if (!(await isTrusted())) return allOf(texts, NOT_TRUSTED)
    // Else they could come to the spool faster than they leave it.
    if (spool?.isDraining === true) await drained(spool)
    if (spool?.isHolding !== true) return keepInDatabase(texts)
    const appended = await spool.append(texts)
    return appended === 'kept' ? [] : allOf(texts, NO_ROOM, appended === 'unknown')
  }
}

const allOf = (texts: readonly RowText[], failure: Failure, mayBeThere = false): RowFailure[] =>
  texts.map((_, index) => ({ index, ...failure, mayBeThere }))
