import { SpekaError } from '@speka/core'
import { failureCode, type Failure, type FailureKind } from '../storage-failure.ts'

/**
 * A failure of the database as the error its caller gets: what is wrong with which database, and what helps.
 *
 * @param name how the database is called: its URL without the password.
 */
export const postgresError = (name: string, { kind, detail }: Failure): SpekaError =>
  new SpekaError(failureCode[kind], says[kind](name, detail), {
    cause: new Error(detail),
    retryAfterMs: kind === 'behind' ? BEHIND_RETRY_MS : undefined,
  })

/** When to ask again for what is still being added up: a good deal of it is done by then. */
const BEHIND_RETRY_MS = 2000

const says: Readonly<Record<FailureKind, (name: string, detail: string) => string>> = {
  locked: (name) => `The database ${name} did not get to it in time: others hold what it needs. Try again shortly.`,
  full: (name) => `There is no room left for the database ${name}. Free some disk space there; no restart is needed.`,
  denied: (name, detail) =>
    `The database ${name} does not let this gateway in, or not write: ${detail}. Look after its user's rights, and whether ` +
    'it is a standby that takes no writes.',
  damaged: (name, detail) => `The database ${name} is damaged: ${detail}. Restore it from a backup.`,
  foreign: (name, detail) => `The database ${name} cannot be used: ${detail}`,
  newer: (name) => `The database ${name} was written by a newer version of Speka. Run that version or a later one.`,
  missing: (name) => `There is no such database: ${name}. Make it with "createdb", or change SPEKA_DATABASE_URL.`,
  moved: (name) => `The database ${name} is another than the one that this gateway started with. Restart the gateway.`,
  unsynced: (name) => `The database ${name} could not bring to its disk what it had taken. Look after its disk.`,
  unreachable: (name, detail) =>
    `The database ${name} cannot be reached: ${detail}. The gateway tries again by itself; look after the database, ` +
    'its max_connections and the network.',
  fenced: (name) =>
    `The database ${name} has taken this gateway for ended, and takes no more of its records under its old name. The ` +
    'gateway goes on under a new one by itself.',
  overtaken: (_, detail) => `A later lease call has been carried out already: ${detail}.`,
  behind: (_, detail) => `Older records are still being added up: ${detail} are. Ask again in a moment.`,
  bad_row: (name) => `A record breaks the rules of its table in ${name} and was not kept.`,
  duplicate: () => 'There is such a one already: its id, its digest or its address is taken.',
  conflict: () =>
    'It was changed by somebody else meanwhile, and this change was not made. Read it again, then try again.',
  other: (name) => `The database ${name} failed. The log has the details.`,
}
