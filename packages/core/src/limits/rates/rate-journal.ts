import type { CountedEntry } from './rate-counts.ts'

/** Where what is counted is written down before it is used, so that another life of the process can count it again. */
export interface RateJournal {
  /** Writes it down at once, and what was noted before with it. */
  write(entry: CountedEntry): void
  /** Notes what may be lost: something that need no longer count. Goes with what is written next. */
  note(entry: CountedEntry): void
}
