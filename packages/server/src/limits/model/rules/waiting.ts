import type { BudgetId, OwnerId, RecallAnswer } from './messages.ts'
import type { Claim } from './seams.ts'

export type Answers = Map<BudgetId, Map<OwnerId, RecallAnswer>>

/** A claim for which there was not enough in memory. */
export interface Waiting {
  readonly claim: Claim
  readonly since: number
  /** What each holder said last, to a recall that was sent while this claim waited. */
  readonly answers: Answers
  /** What they had said when the last call for it was sent. */
  before: Answers
  /** Recalls under way for it. */
  rounds: number
  /** To go with the next call, gone with one, or waiting for the answers of holders. */
  state: 'ready' | 'asked' | 'recalling'
}
