import type { ErrorCode } from '@speka/core'

/** What can go wrong with a database, told apart by what to do about it. */
export type FailureKind =
  /** Another process holds the write lock. */
  | 'locked'
  | 'full'
  /** The file or its folder cannot be read or written. */
  | 'denied'
  | 'damaged'
  /** A database, but not one of ours. */
  | 'foreign'
  /** Written by a newer program. */
  | 'newer'
  /** Its write-ahead log is there without it. */
  | 'missing'
  /** Moved, deleted or replaced while it is open. */
  | 'moved'
  /** The system failed to bring to the disk what it had taken, and what became of it cannot be known. */
  | 'unsynced'
  /** A database of another process cannot be reached, or has no room for one more who asks. */
  | 'unreachable'
  /** Somebody has taken this process for ended: its rows are not counted any more. */
  | 'fenced'
  /** A later call of the same owner has been carried out already. */
  | 'overtaken'
  /** What answers is still being made of older rows. */
  | 'behind'
  /** The row breaks a rule of its table. */
  | 'bad_row'
  /** A row with this key exists. */
  | 'duplicate'
  /** The row has changed since it was read. */
  | 'conflict'
  | 'other'

/** A failure in a form that crosses from the worker to the main thread. */
export interface Failure {
  readonly kind: FailureKind
  /** The database's or the system's own words, for the log. */
  readonly detail: string
}

/** A row of a batch that was not kept. */
export interface RowFailure extends Failure {
  /** Its place in the batch. */
  readonly index: number
  /** Nobody can say whether it is there all the same. */
  readonly mayBeThere?: boolean | undefined
}

/** What a failure is to whoever asked: `storage_unavailable` when trying again may help. */
export const failureCode: Readonly<Record<FailureKind, ErrorCode>> = {
  locked: 'storage_unavailable',
  full: 'storage_unavailable',
  denied: 'storage_unavailable',
  damaged: 'storage_unavailable',
  foreign: 'storage_unavailable',
  newer: 'storage_unavailable',
  missing: 'storage_unavailable',
  moved: 'storage_unavailable',
  unsynced: 'storage_unavailable',
  unreachable: 'storage_unavailable',
  fenced: 'storage_unavailable',
  overtaken: 'storage_unavailable',
  behind: 'storage_unavailable',
  bad_row: 'internal_error',
  duplicate: 'invalid_value',
  conflict: 'conflict',
  other: 'storage_unavailable',
}

/** Whether a row that was not kept is nowhere: what it charged is free then. */
export const isNowhere = ({ kind, mayBeThere }: RowFailure): boolean =>
  mayBeThere !== true && kind !== 'unsynced' && kind !== 'duplicate'

/** Whether the same row may be accepted later: the trouble is with the database, not with the row. */
export const mayPass = ({ kind }: Failure): boolean => failureCode[kind] === 'storage_unavailable'
