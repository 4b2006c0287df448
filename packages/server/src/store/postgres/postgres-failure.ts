import { types } from 'node:util'
import type { Failure, FailureKind } from '../storage-failure.ts'

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
