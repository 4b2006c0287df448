import { types } from 'node:util'
import { SpekaError } from '@speka/core'
import { failureCode, type Failure, type FailureKind } from '../storage-failure.ts'

/** Thrown where a database is refused for a reason PostgreSQL itself does not have. */
export class Refusal extends Error {
  readonly kind: FailureKind

  constructor(kind: FailureKind, detail: string) {
    super(detail)
    this.kind = kind
  }
}

/** What kind of failure a thrown thing is. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return { kind: error.kind, detail: error.message }
  // The system's own errors are of no realm of ours where tests run.
  if (!types.isNativeError(error)) return { kind: 'other', detail: String(error) }
  const { code } = error as { code?: unknown }
  const kind = typeof code === 'string' ? kindOf(code) : DRIVER_LOST.test(error.message) ? 'unreachable' : 'other'
  return { kind, detail: error.message || String(code) }
}

/** What the driver itself says of a connection that is gone, or was given up. It has no codes for that. */
const DRIVER_LOST = /connection (?:terminated|error)|not queryable|timeout|pool after calling end/i

/** Whether the same transaction may go well when it is carried out again: nothing of it was. */
export const isToBeRepeated = (error: unknown): boolean =>
  types.isNativeError(error) && REPEATED.has(String((error as { code?: unknown }).code))

/** serialization_failure and deadlock_detected */
const REPEATED: ReadonlySet<string> = new Set(['40001', '40P01'])

/** By SQLSTATE, then by its class, which are its first two characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const kindOf = (code: string): FailureKind => kinds[code] ?? kinds[code.slice(0, 2)] ?? 'other'

const kinds: Readonly<Record<string, FailureKind>> = {
  '08': 'unreachable', // connection_exception
  '22': 'bad_row', // data_exception
  '23': 'bad_row', // integrity_constraint_violation
  '23505': 'duplicate', // unique_violation
  '25006': 'denied', // read_only_sql_transaction
  '28': 'denied', // invalid_authorization_specification
  '3D': 'missing', // invalid_catalog_name
  '40': 'locked', // transaction_rollback
  '42501': 'denied', // insufficient_privilege
  '53100': 'full', // disk_full
  '53': 'unreachable', // insufficient_resources: too many connections, out of memory
  '55': 'locked', // object_not_in_prerequisite_state: lock_not_available
  '57014': 'locked', // query_canceled: a statement took too long
  '57': 'unreachable', // operator_intervention: shutdown, crash, cannot_connect_now
  '58': 'other', // system_error
  XX001: 'damaged', // data_corrupted
  XX002: 'damaged', // index_corrupted
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EPIPE: 'unreachable',
  ENOENT: 'unreachable', // no such socket
}

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
