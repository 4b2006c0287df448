/** What can be wrong with rows, as far as they tell by themselves. */
export type RowProblem =
  /** It is not what was written: its checksum does not fit. */
  | 'changed'
  /** Its record is not JSON, or no object. */
  | 'unreadable'
  /** Nothing costs less than nothing. */
  | 'negative_charge'
  /** Numbers of its owner before this row, or after the last, belong to no row. */
  | 'missing_before'
  | 'missing_after'
  /** Nobody has ever been its owner. */
  | 'unknown_owner'
  /** It says that it counts in a budget which there never was. */
  | 'unknown_budget'
  /** What a budget counts as charged is not what rows that name it charged. */
  | 'charges_differ'

/** One thing that is wrong, and with which row. */
export interface LedgerProblem {
  readonly problem: RowProblem
  readonly owner: number
  /** Its number among its owner's rows. Owner 0 stands for the rows from before there were owners; with n 0, for no row at all. */
  readonly n: number
  /** The request's id; `undefined` where the row is what is missing. */
  readonly id: string | undefined
  /** The same in words, for whoever has to look after it. */
  readonly message: string
}

/** What a look at every row has found. */
export interface LedgerReport {
  /** How many rows were looked at. */
  readonly rows: number
  /** What is wrong with them, in their order; at most {@link MOST_PROBLEMS}. */
  readonly problems: readonly LedgerProblem[]
}

/** More would say no more. */
export const MOST_PROBLEMS = 1000
