/** How an owner's end became known. */
export type OwnerEnd =
  /** It said so itself. */
  | 'goodbye'
  /** Whoever had started its process saw that end. */
  | 'exit_seen'
  /** A later start found no such process. */
  | 'process_gone'
  /** The machine has been started since. */
  | 'earlier_boot'
  /** It held money, could not be looked at from here, and was not heard of for too long. */
  | 'unheard'

/** One life of one process that settles: its rows are numbered from 1, without a gap. */
export interface LedgerOwner {
  /** Never given twice. */
  readonly id: number
  /** In ms since the epoch. */
  readonly startedAt: number
  readonly pid: number
  /** The number of its last row. */
  readonly rows: number
  /** How it ended, and when that was noticed, in ms since the epoch; `undefined`: nobody has seen it end. */
  readonly ended: { readonly how: OwnerEnd; readonly at: number } | undefined
  /**
   * Whether it may live without a sign of it: it has not ended as far as anybody knows, its process cannot be looked at from
   * here, and it has not been heard of for longer than it trusts its leases.
   */
  readonly isSilent: boolean
}
