import { closeSync, fdatasync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { rateCounting, USABLE_MS, type CountedEntry, type RateCounts, type RateJournal } from '@speka/core/internal'
import { keepToOwner } from '../files/keep-to-owner.ts'
import type { MachineClock } from './machine-clock.ts'
import { entryLine, headLine, readJournal, type ReadJournal } from './rate-lines.ts'

/** Beyond this, and beyond three times what it was when it was made anew, a journal is made anew, in bytes. */
const LARGE_BYTES = 4 * 1024 * 1024
/** How many places are written into the new one at a time. */
const PLACES_AT_ONCE = 100
/** How often what counts for a day is synced, and the size looked at, in ms. */
const LOOK_MS = 10_000
/** How long it is before it is tried again to write, in ms. */
const AGAIN_MS = 1000

/** What a journal has to say to its operator. */
export interface JournalTrouble {
  /** It cannot be written. Said once, until it can. */
  lost(error: Error): void
  found(): void
}

/** What another life of the gateway has counted. */
export interface EarlierCounts {
  readonly entries: readonly CountedEntry[]
  /** Until when every minute counts as full, by the machine's clock. */
  readonly fullUntil: number
}

/**
 * The rates' journal in the data folder. What is written is in the system's memory before it is used, and outlives a process
 * that is killed; what counts for a day is synced now and then, and outlives the machine's end.
 *
 * What cannot be written is counted in memory all the same: then only a kill makes it forgotten.
 */
export class FileJournal implements RateJournal {
  readonly #path: string
  readonly #clock: MachineClock
  readonly #trouble: JournalTrouble
  readonly #fullUntil: number
  readonly #counts: () => RateCounts
  readonly #timer: NodeJS.Timeout
  #file: number | undefined
  #noted = ''
  #size = 0
  #sizeAnew = 0
  #isUnsynced = false
  /** While all that was counted before a moment is copied: that moment. */
  #copiedUntil = -Infinity
  /** Since when it cannot be written; `undefined`: it can. */
  #lostAt: number | undefined
  #closed = false

  /** @param counts what is to be in a journal that is made anew. */
  private constructor(options: JournalOptions, earlier: EarlierCounts) {
    this.#path = join(options.dataDir, 'rates.journal')
    this.#clock = options.clock
    this.#trouble = options.trouble
    this.#counts = options.counts
    this.#fullUntil = earlier.fullUntil
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref()
  }

  /**
   * Opens the journal of a data folder, and reads what an earlier life has written.
   *
   * @returns the journal, and what was counted by then.
   */
  static open(options: JournalOptions): { journal: FileJournal; earlier: EarlierCounts } {
    const earlier = readEarlier(join(options.dataDir, 'rates.journal'), options.clock)
    const journal = new FileJournal(options, earlier)
    journal.#begin(earlier.entries)
    return { journal, earlier }
  }

  write(entry: CountedEntry): void {
    const lines = this.#noted + entryLine(entry)
    this.#noted = ''
    this.#isUnsynced ||= entry.kind === 'rpd'
    this.#append(lines)
  }

  note(entry: CountedEntry): void {
    // What is copied at present says that already.
    if (entry.at < this.#copiedUntil + USABLE_MS) return
    this.#noted += entryLine(entry)
  }

  close(): void {
    if (this.#closed) return
    clearInterval(this.#timer)
    if (this.#noted !== '') this.#append(this.#noted)
    this.#closed = true
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  /** A journal with what is known: everything that was torn or is long past is left out. */
  #begin(entries: readonly CountedEntry[]): void {
    try {
      const file = this.#openAt(`${this.#path}.start`)
      this.#size += writeSync(file, entries.map((entry) => entryLine(entry)).join(''))
      this.#place(`${this.#path}.start`)
      rmSync(`${this.#path}.new`, { force: true })
    } catch (error) {
      this.#lose(error)
    }
  }

  #append(lines: string): void {
    if (this.#closed) return
    if (this.#lostAt !== undefined && this.#file === undefined) {
      if (this.#clock.now() - this.#lostAt < AGAIN_MS) return
      this.renew()
    }
    if (this.#file === undefined) return
    try {
      this.#size += writeSync(this.#file, lines)
    } catch (error) {
      this.#lose(error)
    }
  }

  #look(): void {
    const isRenewing = this.#copiedUntil > -Infinity
    if (this.#size > Math.max(LARGE_BYTES, 3 * this.#sizeAnew) && !isRenewing) this.renew()
    else if (this.#isUnsynced && this.#file !== undefined && !isRenewing) {
      this.#isUnsynced = false
      fdatasync(this.#file, (error) => {
        if (error !== null) this.#isUnsynced = true
      })
    }
  }

  /**
   * Goes on in a new file, into which all that still counts is copied by and by. Until that is done the old one stays, and
   * both are read.
   */
  renew(): void {
    const old = this.#file
    this.#file = undefined
    try {
      if (old !== undefined) closeSync(old)
      const file = this.#openAt(`${this.#path}.new`)
      this.#noted = ''
      this.#copiedUntil = this.#clock.now()
      this.#copy(file, this.#counts().snapshot(this.#copiedUntil))
    } catch (error) {
      this.#lose(error)
    }
  }

  #copy(file: number, places: Iterator<readonly CountedEntry[], void>): void {
    // Closed, or given up.
    if (this.#file !== file) return
    try {
      let lines = ''
      let isAll = false
      for (let one = 0; one < PLACES_AT_ONCE && !isAll; one += 1) {
        const next = places.next()
        isAll = next.done === true
        if (next.done !== true) lines += next.value.map((entry) => entryLine(entry, true)).join('')
      }
      this.#size += writeSync(file, lines)
      if (!isAll) {
        setImmediate(() => this.#copy(file, places))
        return
      }
      this.#place(`${this.#path}.new`)
      this.#copiedUntil = -Infinity
      this.#find()
    } catch (error) {
      this.#lose(error)
    }
  }

  #openAt(path: string): number {
    const file = openSync(path, 'w', 0o600)
    this.#file = file
    const { boot } = this.#clock
    const head = headLine({ boot, at: this.#clock.now(), wall: this.#clock.wall(), fullUntil: this.#fullUntil })
    this.#size = writeSync(file, head)
    return file
  }

  #place(path: string): void {
    renameSync(path, this.#path)
    this.#sizeAnew = this.#size
  }

  #lose(error: unknown): void {
    const isNew = this.#lostAt === undefined
    this.#lostAt = this.#clock.now()
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    if (isNew) this.#trouble.lost(error instanceof Error ? error : new Error(String(error)))
  }

  #find(): void {
    if (this.#lostAt === undefined) return
    this.#lostAt = undefined
    this.#trouble.found()
  }
}

export interface JournalOptions {
  readonly dataDir: string
  readonly clock: MachineClock
  readonly trouble: JournalTrouble
  readonly counts: () => RateCounts
}

const MINUTE_MS = 60_000

/** What was written until now, in times of this start of the machine. */
function readEarlier(path: string, clock: MachineClock): EarlierCounts {
  const found = [readFile(path, true), readFile(`${path}.new`, false)].filter((one) => one !== undefined)
  const isEarlierBoot = found.some(({ head }) => head.boot !== clock.boot)
  // The machine's clock begins anew with it: a minute after that nothing of the minute before counts.
  const full = isEarlierBoot ? MINUTE_MS : Math.max(0, ...found.map(({ head }) => head.fullUntil))
  const entries = found.flatMap(({ head, entries: all }) => (head.boot === clock.boot ? all : moved(all, head, clock)))
  const now = clock.now()
  const counting = entries.filter(({ kind, at }) => at + 2 * rateCounting[kind].spanMs > now)
  return { entries: counting.toSorted((a, b) => a.at - b.at), fullUntil: full }
}

/** Of an earlier start of the machine only what counts for a day is known well enough. A clock that was put back makes it no older. */
function moved(
  entries: readonly CountedEntry[],
  { at: began, wall }: ReadJournal['head'],
  clock: MachineClock,
): readonly CountedEntry[] {
  const byDay = entries.filter(({ kind }) => kind === 'rpd')
  return byDay.map((entry) => {
    const age = clock.wall() - (wall + entry.at - began)
    return { ...entry, at: clock.now() - Math.max(0, age) }
  })
}

function readFile(path: string, withCopies: boolean): ReadJournal | undefined {
  try {
    keepToOwner(path)
    return readJournal(readFileSync(path, 'utf8'), withCopies)
  } catch {
    // There is none, or it cannot be read: then it cannot be written either, which is told.
    return undefined
  }
}
