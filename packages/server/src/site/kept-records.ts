import { SpekaError } from '@speka/core'
import { readSiteRecords, type SiteRecords, type Sums } from './site-records.ts'

/** How long what was read is good for, in ms. */
const GOOD_FOR_MS = 60_000

/**
 * The records as the pages have them: read when somebody looks, at most once a minute, and by one reader at a time. Who comes
 * later gets what is there, and waits for nobody.
 */
export class KeptRecords {
  readonly #ledger: Sums
  readonly #now: () => number
  #kept: SiteRecords | undefined
  #readAt = -Infinity
  #reading: Promise<SiteRecords> | undefined

  constructor(ledger: Sums, now: () => number) {
    this.#ledger = ledger
    this.#now = now
  }

  /** What is known. Only the first one waits until anything is. */
  async current(): Promise<SiteRecords> {
    const isOld = this.#now() - this.#readAt >= GOOD_FOR_MS || this.#kept?.state !== 'measured'
    if (isOld) this.#reading ??= this.#read()
    return this.#kept?.state === 'measured' ? this.#kept : await (this.#reading ?? this.#read())
  }

  async #read(): Promise<SiteRecords> {
    const now = this.#now()
    const read = await readSiteRecords(this.#ledger, now).catch((error: unknown) => this.#instead(error))
    this.#kept = read
    this.#readAt = now
    this.#reading = undefined
    return read
  }

  /** What was read before is older, and better than nothing. */
  #instead(error: unknown): SiteRecords {
    return this.#kept?.state === 'measured' ? this.#kept : { state: stateAfter(error) }
  }
}

/** Old records that are not added up yet are told apart from a store that cannot be read: they come of themselves. */
const stateAfter = (error: unknown): 'adding_up' | 'unavailable' =>
  SpekaError.is(error) && error.code === 'storage_unavailable' && /added up/.test(error.message)
    ? 'adding_up'
    : 'unavailable'
