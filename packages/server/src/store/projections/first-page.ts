import { stepMs } from '../usage-times.ts'
import type { ThreadSplits } from './projector-questions.ts'

/** How far back: what a first page shows, with the rest of its first day. */
const DAYS = 31

/**
 * What whoever opens a first page after a start asks for, to be read before: by the same lists, since what is remembered is of these.
 *
 * @param now in ms since the epoch
 */
export function firstPage(now: number): ThreadSplits & { readonly since: number; readonly until: number } {
  const until = Math.ceil(now / stepMs.day) * stepMs.day
  return {
    splits: [['day'], ['model'], ['key'], ['team'], ['provider']],
    since: until - DAYS * stepMs.day,
    until,
  }
}
