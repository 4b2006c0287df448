import type { Failure, FailureKind } from '../storage-failure.ts'

/** Thrown where a database is refused for a reason SQLite itself does not have. */
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
  if (!(error instanceof Error)) return { kind: 'other', detail: String(error) }
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  return { kind: kindOf(errcode, code), detail: error.message }
}

function kindOf(errcode: unknown, code: unknown): FailureKind {
  if (typeof errcode === 'number') {
    if (duplicateCodes.has(errcode)) return 'duplicate'
    // The low byte is the error's family: https://sqlite.org/rescode.html
    return sqliteKinds[errcode & 0xff] ?? 'other'
  }
  return (typeof code === 'string' && systemKinds[code]) || 'other'
}

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE. */
const duplicateCodes: ReadonlySet<number> = new Set([1555, 2067])

const sqliteKinds: Readonly<Record<number, FailureKind>> = {
  3: 'denied', // SQLITE_PERM
  5: 'locked', // SQLITE_BUSY
  6: 'locked', // SQLITE_LOCKED
  8: 'denied', // SQLITE_READONLY
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'denied', // SQLITE_CANTOPEN
  18: 'bad_row', // SQLITE_TOOBIG
  19: 'bad_row', // SQLITE_CONSTRAINT
  20: 'bad_row', // SQLITE_MISMATCH
  26: 'damaged', // SQLITE_NOTADB
}

const systemKinds: Readonly<Record<string, FailureKind>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOTDIR: 'denied',
  EEXIST: 'denied',
  EISDIR: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  // What node:sqlite says of a value that no column can hold.
  ERR_INVALID_ARG_VALUE: 'bad_row',
  ERR_INVALID_ARG_TYPE: 'bad_row',
  ERR_OUT_OF_RANGE: 'bad_row',
}
