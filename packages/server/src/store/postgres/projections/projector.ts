import type pg from 'pg'
import { setTimeout as wait } from 'node:timers/promises'
import type { Projector, ProjectorNews } from '../../projections/answer-projector.ts'
import { firstPage } from '../../projections/first-page.ts'
import type { Folding } from '../../store.ts'
import type { PostgresAddress } from '../address.ts'
import { openDatabase } from '../database.ts'
import { failureOf, Refusal } from '../postgres-failure.ts'
import { checkSums } from './check-sums.ts'
import { ownerFolder } from './fold-owner.ts'
import { knownTexts } from './known-texts.ts'
import { mergeEnded } from './merge-ended.ts'
import { behindPlaces, generationOf, lookAtFolding, type Place } from './places.ts'
import { knownLabels, type Readers } from './readers.ts'
import { readBilled, readBilledMonths } from './read-billed.ts'
import { readFaults } from './read-faults.ts'
import { findByUpstreamId, readRequests } from './read-requests.ts'
import { readFinal, readSpent } from './read-spent.ts'
import { readTimes } from './read-times.ts'
import { readSplits } from './read-totals.ts'
import { RememberedDays } from './remembered-days.ts'
import { takeAllOut } from './take-all-out.ts'
import { PROJECTOR_CONNECTIONS } from './worker-file.ts'
import { foldedWriter } from './write-folded.ts'

/** What the thread is started with. */
export interface ProjectorData {
  readonly address: PostgresAddress
  /** How long a question waits for old rows to be folded, in ms. */
  readonly waitMs: number
}

/** How often to tell how far it is, in ms. */
const TELL_MS = 250
/** How long until to look again at what somebody else is folding, in ms. */
const LOOK_AGAIN_MS = 20
/** How long a statement may take, in ms: sums of years are read and checked. */
const STATEMENT_MS = 300_000
/** How long what is under way is waited for at the end, in ms. */
const CLOSE_MS = 1000

const READ_AS_ONE = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY'

/** Folds the ledger's rows into sums, and answers from these. */
export function projector(driver: typeof pg, { address, waitMs, ...news }: ProjectorData & ProjectorNews): Projector {
  const database = openDatabase({
    driver,
    address,
    connections: PROJECTOR_CONNECTIONS,
    purpose: 'speka sums',
    statementMs: STATEMENT_MS,
  })
  const texts = knownTexts(database)
  const labels = knownLabels()
  const days = new RememberedDays()
  const folder = ownerFolder(database, foldedWriter(database, texts))
  let last: Promise<unknown> = Promise.resolve()
  let toldAt = performance.now()
  let isOpen = true
  /** Who is to be followed next, while it is being done. */
  let next: readonly number[] | undefined
  let isFollowing = false
  let isWarm = false
  /** What was told last, and is not over. */
  let trouble: string | undefined

  /** One at a time: each has two connections at moments. */
  function fold(owner: number): Promise<number | undefined> {
    const folded = last.then(() => folder(owner))
    last = folded.catch(() => {})
    return folded
  }

  async function tell(): Promise<void> {
    if (performance.now() - toldAt < TELL_MS) return
    toldAt = performance.now()
    news.onFolding(await lookAtFolding(database))
  }

  /**
   * Folds what owners have written up to this moment.
   *
   * @param isWanted which of them.
   */
  async function catchUp(limitMs: number, isWanted: (place: Place) => boolean = () => true): Promise<void> {
    const deadline = performance.now() + limitMs
    let behind = (await behindPlaces(database)).filter(isWanted)
    const upTo = new Map(behind.map(({ owner, lastN }) => [owner, lastN]))
    /** Their rows are not there, since somebody has removed them by hand: they are not waited for. A look at every row names them. */
    const without = new Set<number>()
    while (behind.length > 0) {
      if (!isOpen) throw new Refusal('unreachable', 'it is closed')
      let hasMoved = false
      for (const { owner } of behind) {
        const folded = await fold(owner)
        if (folded === 0) without.add(owner)
        hasMoved ||= folded !== undefined
        if (performance.now() >= deadline) break
      }
      behind = (await behindPlaces(database)).filter(
        ({ owner, n }) => n < (upTo.get(owner) ?? 0) && !without.has(owner),
      )
      if (behind.length === 0) return
      if (performance.now() >= deadline) {
        const { folded, total } = await lookAtFolding(database)
        throw new Refusal('behind', `${folded} of ${total}`)
      }
      await tell()
      if (!hasMoved) await wait(LOOK_AGAIN_MS)
    }
  }

  const reading = <T>(work: (readers: Readers) => Promise<T>): Promise<T> =>
    database.transact(async (session) => {
      await session.script(READ_AS_ONE)
      return work({ session, texts, labels, days })
    })

  /** Catches up, then reads. When everything was taken out in between, again. */
  async function current<T>(work: (readers: Readers) => Promise<T>, limitMs = waitMs): Promise<T> {
    for (;;) {
      const generation = await generationOf(database)
      await catchUp(limitMs)
      const read = await reading(async (readers) =>
        (await generationOf(readers.session)) === generation ? { value: await work(readers) } : undefined,
      )
      if (read !== undefined) return read.value
    }
  }

  /** Folds the rows of some owners, and what those that have ended left behind. */
  async function followOnce(owners: readonly number[]): Promise<void> {
    try {
      await catchUp(Infinity, ({ owner, isEnded }) => isEnded || owners.includes(owner))
      await mergeEnded(database)
      trouble = undefined
    } catch (error) {
      const failure = failureOf(error)
      if (isOpen && failure.detail !== trouble) news.onTrouble(failure)
      trouble = failure.detail
    }
  }

  /** Reads once what a first page will ask for, so that whoever opens it first after a start does not wait for it. */
  async function warmOnce(): Promise<void> {
    if (isWarm || trouble !== undefined || !isOpen) return
    isWarm = true
    const { splits, since, until } = firstPage(Date.now())
    try {
      // What is in the sums already: rows that other replicas are still to fold are theirs, and nobody waits for these here.
      await reading((readers) => readSplits(readers, { splits, since, until }))
      await reading((readers) => readTimes(readers, { by: 'day', since, until }))
    } catch (error) {
      if (isOpen) news.onTrouble(failureOf(error))
    }
  }

  async function followOn(): Promise<void> {
    isFollowing = true
    for (let owners = next; owners !== undefined; owners = next) {
      next = undefined
      if (!isOpen) break
      await followOnce(owners)
      await warmOnce()
    }
    isFollowing = false
  }

  return {
    questions: {
      async totals({ by, ...query }) {
        const [totals] = await current((readers) => readSplits(readers, { ...query, splits: [by] }))
        if (totals === undefined) throw new TypeError('a query has its totals')
        return totals
      },
      splits: (query) => current((readers) => readSplits(readers, query)),
      times: (query) => current((readers) => readTimes(readers, query)),
      faults: (query) => current((readers) => readFaults(readers, query)),
      billed: (query) => current((readers) => readBilled(readers, query)),
      billedMonths: (account, withoutKeys) => current((readers) => readBilledMonths(readers, account, withoutKeys)),
      requests: (filter, after, limit) => current((readers) => readRequests(readers, filter, after, limit)),
      findByUpstreamId: (id, keyId) => current((readers) => findByUpstreamId(readers, id, keyId)),
      async spent(windows, isWindowWanted) {
        const final = isWindowWanted ? undefined : await readFinal(database, windows)
        return final ?? current((readers) => readSpent(readers, windows))
      },
      folding: () => lookAtFolding(database),
      checkSums: () => current((readers) => checkSums(readers, tellOf)),
      async rebuild() {
        await takeAllOut(database)
        return current(async ({ session }) => (await lookAtFolding(session)).folded, Infinity)
      },
    },
    follow(owners) {
      next = owners
      if (!isFollowing) void followOn()
    },
    async close() {
      isOpen = false
      await Promise.race([database.close(), wait(CLOSE_MS)])
    },
  }

  function tellOf(folding: Folding): void {
    if (performance.now() - toldAt < TELL_MS) return
    toldAt = performance.now()
    news.onFolding(folding)
  }
}
