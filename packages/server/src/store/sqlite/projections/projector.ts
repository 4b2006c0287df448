import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Projector, ProjectorNews } from '../../projections/answer-projector.ts'
import type { Folding } from '../../store.ts'
import { checkSums } from './check-sums.ts'
import { failureOf, Refusal } from '../sqlite-failure.ts'
import { openFiles } from '../thread/open-files.ts'
import { followRows, takeAllOut, type RowFollower, type Step } from './follow-rows.ts'
import { hourRows } from './hour-rows.ts'
import { HourSums } from './hour-sums.ts'
import { labelSets } from './label-sets.ts'
import { discardProjections, isReplaced, openProjections } from './open-projections.ts'
import { findByUpstreamId, readRequests } from './read-requests.ts'
import { areFinal, readSpent } from './read-spent.ts'
import { readBilled, readBilledMonths } from './read-billed.ts'
import { readFaults } from './read-faults.ts'
import { hourTimes, readTimes, type HourTimes } from './read-times.ts'
import { readSplits, readTotals, type Readers } from './read-totals.ts'
import { textNumbers } from './text-numbers.ts'
import { warmUp } from './warm-up.ts'

/** How often to tell how far it is, in ms. */
const TELL_MS = 250

/** How often projections that are damaged or gone are made anew for one question. */
const REMADE_TRIES = 4

/** What the thread is started with. */
export interface ProjectorData {
  /** The ledger's file. */
  readonly ledgerPath: string
  /** The projections' own. */
  readonly path: string
  /** The names of the units' counts. */
  readonly counts: readonly string[]
  /** How long a question waits for old rows to be folded, in ms. */
  readonly waitMs: number
}

/** The projector of a file's rows. */
export interface FileProjector extends Projector {
  /** The first time, what a first page asks for is read behind that. Never rejects. */
  follow(): Promise<void>
}

interface Open extends Readers {
  readonly hourTimes: HourTimes
  readonly follower: RowFollower
  checkFiles(): void
}

export function projector(options: ProjectorData & ProjectorNews): FileProjector {
  const { ledgerPath, path, counts } = options
  let opened: Open | undefined
  let following = false
  let isWarm = false
  let toldAt = performance.now()
  /** What was told last, and is not over. */
  let trouble: string | undefined

  function open(): Open {
    const ledger = new DatabaseSync(ledgerPath, { readOnly: true })
    try {
      ledger.exec('PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF')
      const projections = openProjections(path, counts)
      const texts = textNumbers(projections)
      const files = [openFiles(ledgerPath), openFiles(path)]
      return {
        ledger,
        projections,
        texts,
        labels: labelSets(ledger),
        hourRows: hourRows(projections),
        hourSums: new HourSums(),
        hourTimes: hourTimes(projections),
        counts,
        follower: followRows({ ledger, projections, texts, counts }),
        checkFiles: () => files.forEach((each) => each.check()),
      }
    } catch (error) {
      ledger.close()
      // Whatever went wrong did so with files that somebody else was just taking away.
      throw existsSync(path) ? error : new Refusal('moved', `${basename(path)} is gone`)
    }
  }

  function letGo(): void {
    const { ledger, projections } = opened ?? {}
    opened = undefined
    for (const db of [projections, ledger]) if (db?.isOpen === true) db.close()
  }

  function files(): Open {
    opened ??= open()
    opened.checkFiles()
    return opened
  }

  /** Whether that is why it failed, or may be: files that are taken away in the middle fail in any way. */
  function haveMoved(error: unknown): boolean {
    try {
      opened?.checkFiles()
      return failureOf(error).kind === 'moved'
    } catch {
      return true
    }
  }

  /** Whether what failed may go well with other files: projections that are gone or damaged are made again. */
  function isCured(error: unknown): boolean {
    const replaced = isReplaced(error)
    if (!replaced && !haveMoved(error)) return false
    letGo()
    if (replaced) discardProjections(path)
    return true
  }

  function step(): Step {
    const folding = files().follower.step()
    if (!folding.isDone) tell(folding)
    return folding
  }

  function tell(folding: Folding): void {
    const now = performance.now()
    if (now - toldAt < TELL_MS) return
    toldAt = now
    options.onFolding(folding)
  }

  async function catchUp(waitMs: number): Promise<Folding> {
    const deadline = performance.now() + waitMs
    for (;;) {
      const folding = step()
      if (folding.isDone) return folding
      if (performance.now() >= deadline) throw new Refusal('behind', `${folding.folded} of ${folding.total}`)
      await breathe()
    }
  }

  /**
   * Catches up, then reads. What is found damaged or gone is made anew, and all of it done again: more than once, since another process
   * that found the same may just be taking away what was made.
   */
  async function current<Result>(
    work: (open: Open, folding: Folding) => Result | Promise<Result>,
    waitMs = options.waitMs,
    triesLeft = REMADE_TRIES,
  ): Promise<Result> {
    let used: Open | undefined
    try {
      const folding = await catchUp(waitMs)
      used = files()
      return await work(used, folding)
    } catch (error) {
      // Another question may have found out first, and taken the files away.
      const wasTaken = used !== undefined && used !== opened
      if (!(wasTaken || isCured(error)) || triesLeft === 0) throw error
      return current(work, waitMs, triesLeft - 1)
    }
  }

  async function followAll(): Promise<void> {
    try {
      await current(() => undefined, Infinity)
      trouble = undefined
    } catch (error) {
      const failure = failureOf(error)
      if (failure.detail !== trouble) options.onTrouble(failure)
      trouble = failure.detail
    } finally {
      following = false
    }
  }

  /** Once, and where rows are folded: who asks meanwhile has his turn. */
  async function warmOnce(): Promise<void> {
    if (isWarm || trouble !== undefined) return
    isWarm = true
    try {
      await current((readers) => warmUp(readers, { now: Date.now(), isWanted: () => readers === opened, breathe }))
    } catch (error) {
      options.onTrouble(failureOf(error))
    }
  }

  return {
    questions: {
      totals: (query) => current((readers) => readTotals(readers, query, breathe)),
      splits: (query) => current((readers) => readSplits(readers, query, breathe)),
      times: (query) => current((readers) => readTimes(readers, query)),
      faults: (query) => current((readers) => readFaults(readers, query)),
      billed: (query) => current((readers) => readBilled(readers, query)),
      billedMonths: (account, withoutKeys) => current((readers) => readBilledMonths(readers, account, withoutKeys)),
      requests: (filter, after, limit) => current((readers) => readRequests(readers, filter, after, limit)),
      findByUpstreamId: (id, keyId) => current((readers) => findByUpstreamId(readers, id, keyId)),
      async spent(windows, isWindowWanted) {
        const readers = files()
        if (!isWindowWanted && areFinal(readers.ledger, windows)) return readSpent(readers, windows, false)
        return current((caughtUp) => readSpent(caughtUp, windows, true))
      },
      folding: async () => files().follower.look(),
      checkSums: () => current(({ ledger }) => checkSums({ ledger, path, counts, onFolding: tell, breathe })),
      async rebuild() {
        try {
          takeAllOut(files().projections)
        } catch (error) {
          if (!isCured(error)) throw error
        }
        return current((_, { folded }) => folded, Infinity)
      },
    },
    async follow() {
      if (following) return
      following = true
      await followAll()
      await warmOnce()
    },
    close: letGo,
  }
}

/** Lets what else the thread has been sent have its turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
