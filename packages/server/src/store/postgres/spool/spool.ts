import type { Clock } from '@speka/core'
import type { Trust } from '../../leases/trust.ts'
import type { SpoolBounds } from '../../store.ts'
import type { RowText } from '../../usage-record-table.ts'
import type { OwnerLife } from '../owner-life.ts'
import { Refusal } from '../postgres-failure.ts'
import type { Session } from '../session.ts'
import { replayRows } from './replay-rows.ts'
import { SpoolFile, type SpoolWriter } from './spool-file.ts'

/** What became of rows that were to go to the disk. */
export type Appended = 'kept' | 'refused' | 'unknown'

export interface SpoolOptions extends SpoolBounds {
  readonly folder: string
  /** Where it is replayed: behind what was sent before. */
  readonly session: Pick<Session, 'run'>
  readonly owner: Pick<OwnerLife, 'writer'>
  readonly trust: Trust
  readonly clock: Pick<Clock, 'after'>
  /** Told when rows begin to wait in it, and when all of them are in the database. */
  readonly onHolding: (isHolding: boolean) => void
  /** Told of rows that cannot be put into the database, and why. */
  readonly onLoss: (why: string, rows: number) => void
  /** Told when its rows turned out to be those of an owner that has ended. */
  readonly onEnded: (writer: SpoolWriter) => void
}

/** How many rows are replayed at once. */
const ROWS_AT_ONCE = 512
const RETRY_MS = 250
/** How much may lie in it, in bytes. */
const MOST_BYTES = 256 * 1024 * 1024
/** How often others are shown that it is in use, in ms. */
const TOUCH_MS = 1000
/** After a disk that took nothing: when it is tried again, in ms. */
const BROKEN_MS = 5000

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

/**
 * Rows of this process's owner that wait on its disk for a database that does not answer. They are put into it by their ids as soon as it does,
 * before anything newer; what comes meanwhile goes behind them.
 */
export class Spool {
  readonly #options: SpoolOptions
  #file: SpoolFile | undefined
  #writer: SpoolWriter | undefined
  #rows = 0
  /** Rows on their way to the disk. */
  #appending = 0
  #since: number | undefined
  #brokenAt = -Infinity
  #isReplaying = false
  /** Whether the database has answered last. */
  #isAnswered = false
  #isClosed = false
  #turn: Promise<unknown> = Promise.resolve()
  #waiting: Waiter[] = []
  #cancelTouch: (() => void) | undefined

  constructor(options: SpoolOptions) {
    this.#options = options
  }

  /** Whether rows wait in it: then nothing newer may go to the database. */
  get isHolding(): boolean {
    return this.#since !== undefined
  }

  /** Whether the database takes what waits in it: whoever waits until that is done goes there. */
  get isDraining(): boolean {
    return this.isHolding && this.#isAnswered
  }

  /** Whether it takes so many more rows now. */
  takes(rows = 1): boolean {
    const { owner, trust, maxRows, maxMs } = this.#options
    const now = trust.now()
    return (
      !this.#isClosed &&
      owner.writer !== undefined &&
      (this.#writer === undefined || this.#writer === owner.writer) &&
      // Who has had no answer for so long may have been taken for ended, and finishes nothing.
      trust.isRecent &&
      now - this.#brokenAt >= BROKEN_MS &&
      this.#rows + this.#appending + rows <= maxRows &&
      (this.#file?.bytes ?? 0) < MOST_BYTES &&
      (this.#since === undefined || now - this.#since < maxMs)
    )
  }

  /** Brings rows to the disk, all or none. @returns whether they are there; `unknown`: it failed in the middle */
  append(texts: readonly RowText[]): Promise<Appended> {
    if (!this.takes(texts.length)) return Promise.resolve('refused')
    this.#appending += texts.length
    this.#hold()
    return this.#inTurn(async () => {
      try {
        if (!this.#options.trust.isRecent) return 'refused'
        const file = await this.#open()
        await file.append(texts)
        this.#rows += texts.length
        return 'kept'
      } catch {
        this.#brokenAt = this.#options.trust.now()
        return 'unknown'
      } finally {
        this.#appending -= texts.length
        void this.#replayUntilDone()
      }
    })
  }

  /** Resolves when nothing waits in it. @throws What the database fails with at the next try. */
  replayed(): Promise<void> {
    if (!this.isHolding) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      void this.#replayUntilDone()
    })
  }

  /** Takes nothing more. What is left in it stays on the disk for the next start. @returns whether nothing is */
  async close(): Promise<boolean> {
    this.#isClosed = true
    await this.replayed().catch(() => {})
    await this.#turn
    this.#cancelTouch?.()
    await this.#file?.close(this.isHolding)
    this.#file = undefined
    return !this.isHolding
  }

  async #open(): Promise<SpoolFile> {
    const { folder, owner } = this.#options
    if (this.#file !== undefined) return this.#file
    const { writer } = owner
    if (writer === undefined) throw new Refusal('fenced', 'this process is no owner')
    this.#file = await SpoolFile.create(folder, writer)
    this.#writer = writer
    return this.#file
  }

  #hold(): void {
    if (this.isHolding) return
    this.#since = this.#options.trust.now()
    this.#isAnswered = false
    this.#options.onHolding(true)
    this.#touchLater()
  }

  #touchLater(): void {
    this.#cancelTouch = this.#options.clock.after(TOUCH_MS, () => {
      if (!this.isHolding) return
      // Where it cannot be, it was taken away, which the next row finds out.
      void this.#file?.touch().catch(() => {})
      this.#touchLater()
    })
  }

  async #replayUntilDone(): Promise<void> {
    if (this.#isReplaying) return
    this.#isReplaying = true
    while (this.isHolding) {
      try {
        await this.#replay()
      } catch (error) {
        this.#isAnswered = false
        for (const { reject } of this.#waiting.splice(0)) reject(error)
        if (this.#isClosed) break
        await new Promise<void>((resolve) => void this.#options.clock.after(RETRY_MS, resolve))
      }
    }
    this.#isReplaying = false
  }

  async #replay(): Promise<void> {
    const { session, onLoss } = this.#options
    const [file, writer] = [this.#file, this.#writer]
    if (file === undefined || writer === undefined) return this.#inTurn(() => this.#release(false))
    let isEnded = false
    while (!file.isPassed) {
      const { texts, end } = await file.read(ROWS_AT_ONCE)
      if (texts.length === 0) throw new Refusal('other', `${file.path} does not hold what was written to it`)
      const became = await replayRows(session, writer, texts, (text) =>
        onLoss(`a record of ${file.path} breaks the rules of its table: ${text}`, 1),
      )
      if (became === 'unknown') throw new Refusal('foreign', `it has no owner ${writer.owner}, whose rows wait here`)
      isEnded ||= became === 'ended'
      file.passed(end)
      this.#isAnswered = true
      this.#rows -= texts.length
    }
    await this.#inTurn(() => this.#release(isEnded))
  }

  /** All that was written is in the database, unless more has come. */
  async #release(isEnded: boolean): Promise<void> {
    const [file, writer] = [this.#file, this.#writer]
    if (this.#appending > 0 || file?.isPassed === false) return
    if (isEnded) {
      await file?.close(false)
      this.#file = undefined
      this.#writer = undefined
    } else await file?.empty()
    this.#rows = 0
    this.#since = undefined
    this.#cancelTouch?.()
    if (isEnded && writer !== undefined) this.#options.onEnded(writer)
    this.#options.onHolding(false)
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }
}
