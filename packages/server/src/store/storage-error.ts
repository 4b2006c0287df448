import { SpekaError } from '@speka/core'
import type { ErrorCode } from '@speka/core'
import type { Failure, FailureKind } from './sqlite/sqlite-failure.ts'

/** A failure of the database file as the error its caller gets: what is wrong with which file, and what helps. */
export function storageError(path: string, failure: Failure): SpekaError {
  const { code, says } = table[failure.kind]
  return new SpekaError(code, says(path), { cause: new Error(failure.detail) })
}

/** How long a caller is asked to wait, in ms: a store that works again is noticed in that time. */
const RETRY_AFTER_MS = 1000

/** A failure of the store as a caller hears of it. Which file it is, and what is wrong, is the operator's affair: that is the cause. */
export function withoutFile(error: SpekaError): SpekaError {
  if (error.code !== 'storage_unavailable') {
    return new SpekaError(error.code, 'This request cannot be recorded, so its answer is not delivered as finished.', {
      cause: error,
    })
  }
  const message = 'The gateway cannot record requests at the moment, so it finishes and takes none. Try again shortly.'
  return new SpekaError('storage_unavailable', message, { retryAfterMs: RETRY_AFTER_MS, cause: error })
}

/** Whether the same row may be accepted later: the trouble is with the file, not with the row. */
export const mayPass = ({ kind }: Failure): boolean => table[kind].code === 'storage_unavailable'

interface Row {
  readonly code: ErrorCode
  readonly says: (path: string) => string
}

const unavailable = (says: Row['says']): Row => ({ code: 'storage_unavailable', says })

const table: Readonly<Record<FailureKind, Row>> = {
  locked: unavailable(
    (path) => `The database ${path} is locked by another process. If this lasts, find and end that process.`,
  ),
  full: unavailable(
    (path) => `There is no room left for the database ${path}. Free some disk space; no restart is needed.`,
  ),
  denied: unavailable(
    (path) =>
      `The database ${path} cannot be opened for writing. Give this user write access to the file and its folder, ` +
      'or choose another folder with --data or SPEKA_DATA_DIR.',
  ),
  damaged: unavailable(
    (path) =>
      `The database ${path} is damaged, and nothing was changed. Restore it from a backup together with its -wal file; ` +
      'to start with an empty one, move it away.',
  ),
  foreign: unavailable(
    (path) =>
      `The file ${path} is a database, but not one made by Speka. Choose another folder with --data or SPEKA_DATA_DIR.`,
  ),
  newer: unavailable(
    (path) => `The database ${path} was written by a newer version of Speka. Run that version or a later one.`,
  ),
  missing: unavailable(
    (path) =>
      `The database ${path} is gone, but its write-ahead log ${path}-wal is there. Put the database back beside it; ` +
      'to start with an empty one, move the log away.',
  ),
  moved: unavailable(
    (path) =>
      `The database ${path} was moved, deleted or replaced while it was open. Put the file back that was there, with its ` +
      '-wal and -shm files, and the gateway goes on; if they cannot be had, stop it with SIGTERM and start it again.',
  ),
  unsynced: unavailable(
    (path) =>
      `The disk failed to take what was written to the database ${path}. Look after the disk, then start the gateway again.`,
  ),
  bad_row: {
    code: 'internal_error',
    says: (path) => `A record breaks the rules of its table in ${path} and was not kept.`,
  },
  duplicate: { code: 'invalid_value', says: () => 'A key with this id or digest exists already.' },
  other: unavailable((path) => `The database ${path} failed. The log has the details.`),
}
