import type { SpekaError, UsageRecord } from '@speka/core'
import { isNowhere, mayPass } from './storage-failure.ts'
import type { Failure, RowFailure } from './storage-failure.ts'
import type { Durability } from './store.ts'

export interface GroupCommitOptions<Row> {
  readonly durability: Durability
  /** How the database writes a record down. */
  readonly encode: (record: UsageRecord) => Row
  /** Hands one batch over; {@link GroupCommit.committed} must be called for it before the next is sent. */
  readonly send: (rows: readonly Row[]) => void
  /** Turns a failure into the error for whoever waits. */
  readonly errorOf: (failure: Failure) => SpekaError
  /** Told of records that were already counted as settled and could not be kept. */
  readonly onLoss: (error: SpekaError, records: number) => void
  /** Told when somebody is refused for a reason that is the file's, and that the next would share. */
  readonly onTrouble: (failure: Failure) => void
}

const FLUSH_MS = 50
/** Keeps one commit short, so that a burst does not hold up the reads behind it. */
const MAX_BATCH_ROWS = 512
/** How many records may wait for a database that does not take them, when their callers no longer wait themselves. */
const MAX_UNKEPT_ROWS = 50_000

interface Waiter {
  resolve(): void
  reject(error: SpekaError): void
}

/** Rows from which a batch is worth a commit of its own, however many more may be about to come. */
const WORTHWHILE_ROWS = 64

/**
 * Gathers records into batches: while one is being committed, the next fills up, and a batch goes out only when a turn of
 * the event loop has brought nothing more for it. So an idle gateway commits a record at once, and a busy one pays for
 * one commit for many.
 */
export class GroupCommit<Row> {
  readonly #options: GroupCommitOptions<Row>
  #queue: Row[] = []
  #waiting: Waiter[] = []
  #sent: Row[] | undefined
  #sentWaiting: Waiter[] = []
  #flush: NodeJS.Timeout | undefined
  /** Whether some of the queue was due with the batch sent last, which was full. */
  #overdue = false
  #gathering = false
  #broken: SpekaError | undefined
  /** Why nothing is taken until what was sent is answered. */
  #refusing: SpekaError | undefined
  #drained: (() => void)[] = []
  /** Those who wait until so many more rows have been sent. */
  #behind: { rows: number; resolve(): void }[] = []

  constructor(options: GroupCommitOptions<Row>) {
    this.#options = options
  }

  /** Resolves when the record is settled, as far as the durability promises. */
  settle(record: UsageRecord): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    try {
      if (this.#refusing !== undefined && this.#options.durability === 'strict') return Promise.reject(this.#refusing)
      return this.#options.durability === 'strict' ? this.#settleStrictly(record) : this.#settleRelaxed(record)
    } catch (error) {
      // A record that cannot be written down.
      return Promise.reject(error as SpekaError)
    }
  }

  /** To be called when the batch sent last is committed, but for the rows in `failures`. */
  committed(failures: readonly RowFailure[]): void {
    const rows = this.#sent ?? []
    const waiting = this.#sentWaiting
    this.#sent = undefined
    this.#sentWaiting = []
    if (this.#options.durability === 'strict') {
      this.#gather()
      const trouble = failures.find(mayPass)
      // First: whoever is refused now may ask again at once.
      if (trouble !== undefined) this.#options.onTrouble(trouble)
      for (const failure of failures) waiting[failure.index]?.reject(this.#refusalOf(failure, isNowhere(failure)))
      // Those that failed have been rejected above, which makes this do nothing to them.
      for (const waiter of waiting) waiter.resolve()
    } else {
      this.#keepForLater(rows, failures)
      if (this.#overdue && failures.length === 0) this.#sendNext()
      else this.#flushSoon()
    }
    this.#tellWhenDrained()
  }

  /**
   * Rejects what has not been sent, and what comes from now on: what was sent is not answered, and nobody can say when. Where nobody
   * waits for the disk, it waits.
   *
   * @param failure `undefined`: it was answered, and records are taken again.
   */
  refuse(failure: Failure | undefined): void {
    this.#refusing = failure && this.#refusalOf(failure, true)
    if (failure === undefined || this.#refusing === undefined || this.#options.durability !== 'strict') return
    this.#options.onTrouble(failure)
    this.#queue = []
    for (const waiter of this.#waiting.splice(0)) waiter.reject(this.#refusing)
    this.#tellWhoIsBehind(Infinity)
  }

  /** Rejects everything on its way with `error`, and everything that comes later. */
  break(error: SpekaError): void {
    this.#broken = error
    clearTimeout(this.#flush)
    const lost = this.#options.durability === 'relaxed' ? this.#queue.length + (this.#sent?.length ?? 0) : 0
    for (const waiter of [...this.#sentWaiting, ...this.#waiting]) waiter.reject(error)
    this.#queue = []
    this.#waiting = []
    this.#sent = undefined
    this.#sentWaiting = []
    this.#tellWhoIsBehind(Infinity)
    if (lost > 0) this.#options.onLoss(error, lost)
    this.#tellWhenDrained()
  }

  /** Resolves when every record taken before has been sent: what is asked of the database then comes behind it. */
  handedOver(): Promise<void> {
    if (this.#queue.length === 0) return settled
    return new Promise((resolve) => {
      this.#behind.push({ rows: this.#queue.length, resolve })
      // Where nobody waits for the disk, a record would wait for company.
      if (this.#options.durability === 'relaxed') this.#sendNext()
    })
  }

  /** Takes nothing more, and resolves when everything taken is committed or given up on. */
  async drain(closed: SpekaError): Promise<void> {
    this.#broken ??= closed
    this.#sendNext()
    if (this.#sent !== undefined) await new Promise<void>((resolve) => this.#drained.push(resolve))
  }

  #refusalOf(failure: Failure, isUnrecorded: boolean): SpekaError {
    const error = this.#options.errorOf(failure)
    error.isUnrecorded = isUnrecorded
    return error
  }

  #settleStrictly(record: UsageRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push(this.#options.encode(record))
      this.#waiting.push({ resolve, reject })
      this.#gather()
    })
  }

  /** Sends what waits, once a turn of the event loop brings no more: what it brings costs the first next to nothing. */
  #gather(): void {
    if (this.#sent !== undefined || this.#gathering || this.#waiting.length === 0) return
    this.#gathering = true
    let rows = this.#waiting.length
    const look = (): void => {
      const grown = this.#waiting.length > rows
      rows = this.#waiting.length
      if (grown && rows < WORTHWHILE_ROWS) {
        setImmediate(look)
        return
      }
      this.#gathering = false
      this.#sendNext()
    }
    setImmediate(look)
  }

  #settleRelaxed(record: UsageRecord): Promise<void> {
    if (this.#queue.length >= MAX_UNKEPT_ROWS) {
      const failure: Failure = { kind: 'other', detail: 'too many records wait for a database that does not take them' }
      this.#options.onTrouble(failure)
      return Promise.reject(this.#refusalOf(failure, true))
    }
    this.#queue.push(this.#options.encode(record))
    this.#flushSoon()
    return settled
  }

  #flushSoon(): void {
    if (this.#queue.length === 0 || this.#sent !== undefined || this.#flush !== undefined) return
    if (this.#broken !== undefined) return this.#sendNext()
    this.#flush = setTimeout(() => this.#sendNext(), FLUSH_MS)
  }

  #sendNext(): void {
    if (this.#sent !== undefined || this.#queue.length === 0) return
    clearTimeout(this.#flush)
    this.#flush = undefined
    if (this.#queue.length <= MAX_BATCH_ROWS) {
      this.#sent = this.#queue
      this.#sentWaiting = this.#waiting
      this.#queue = []
      this.#waiting = []
      this.#overdue = false
    } else {
      this.#sent = this.#queue.splice(0, MAX_BATCH_ROWS)
      this.#sentWaiting = this.#waiting.splice(0, MAX_BATCH_ROWS)
      this.#overdue = true
    }
    this.#options.send(this.#sent)
    if (this.#behind.length > 0) this.#tellWhoIsBehind(this.#sent.length)
  }

  #tellWhoIsBehind(sent: number): void {
    this.#behind = this.#behind.filter((one) => {
      one.rows -= sent
      if (one.rows > 0) return true
      one.resolve()
      return false
    })
  }

  /** Nobody waits for these rows any more, so they are tried again until the database takes them or the gateway ends. */
  #keepForLater(rows: readonly Row[], failures: readonly RowFailure[]): void {
    for (const failure of failures) {
      const row = rows[failure.index]
      if (row !== undefined && mayPass(failure) && this.#broken === undefined) this.#queue.push(row)
      else this.#options.onLoss(this.#options.errorOf(failure), 1)
    }
  }

  #tellWhenDrained(): void {
    // What waits goes out a turn of the event loop later.
    if (this.#sent !== undefined || this.#queue.length > 0) return
    for (const tell of this.#drained.splice(0)) tell()
  }
}

const settled = Promise.resolve()
