import { SpekaError } from '@speka/core'
import { failureCode, type Failure, type FailureKind } from '../storage-failure.ts'

/** A failure of the database file as the error its caller gets: what is wrong with which file, and what helps. */
export const storageError = (path: string, { kind, detail }: Failure): SpekaError =>
  new SpekaError(failureCode[kind], says[kind](path, detail), {
    cause: new Error(detail),
    retryAfterMs: kind === 'behind' ? BEHIND_RETRY_MS : undefined,
  })

/** When to ask again for what is still being added up: a good deal of it is done by then. */
const BEHIND_RETRY_MS = 2000

const says: Readonly<Record<FailureKind, (path: string, detail: string) => string>> = {
  locked: (path) => `The database ${path} is locked by another process. If this lasts, find and end that process.`,
  full: (path) => `There is no room left for the database ${path}. Free some disk space; no restart is needed.`,
  denied: (path) =>
    `The database ${path} cannot be opened for writing. Give this user write access to the file and its folder, ` +
    'or choose another folder with --data or SPEKA_DATA_DIR.',
  damaged: (path) =>
    `The database ${path} is damaged, and nothing was changed. Restore it from a backup together with its -wal file; ` +
    'to start with an empty one, move it away.',
  foreign: (path) =>
    `The file ${path} is a database, but not one made by Speka. Choose another folder with --data or SPEKA_DATA_DIR.`,
  newer: (path) => `The database ${path} was written by a newer version of Speka. Run that version or a later one.`,
  missing: (path) =>
    `The database ${path} is gone, but its write-ahead log ${path}-wal is there. Put the database back beside it; ` +
    'to start with an empty one, move the log away.',
  moved: (path) =>
    `The database ${path} was moved, deleted or replaced while it was open. Put the file back that was there, with its ` +
    '-wal and -shm files, and the gateway goes on; if they cannot be had, stop it with SIGTERM and start it again.',
  unsynced: (path) =>
    `The disk failed to take what was written to the database ${path}. Look after the disk, then start the gateway again.`,
  unreachable: (path) => `The database ${path} cannot be reached.`,
  fenced: (path) =>
    `Another process has taken this one for ended, and the database ${path} takes no more of its records under its old ` +
    'name. The gateway goes on under a new one by itself.',
  overtaken: (_, detail) => `A later lease call has been carried out already: ${detail}.`,
  behind: (_, detail) => `Older records are still being added up: ${detail} are. Ask again in a moment.`,
  bad_row: (path) => `A record breaks the rules of its table in ${path} and was not kept.`,
  duplicate: () => 'There is such a one already: its id, its digest or its address is taken.',
  conflict: () =>
    'It was changed by somebody else meanwhile, and this change was not made. Read it again, then try again.',
  other: (path) => `The database ${path} failed. The log has the details.`,
}
