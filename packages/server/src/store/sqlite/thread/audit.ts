import type { DatabaseSync } from 'node:sqlite'
import { verifyChain, type AuditedRecord, type AuditEntry, type AuditVerdict } from '../../audit.ts'

/** What the thread does with the audit besides writing it. */
export interface AuditDatabase {
  /** @param limit -1: all. */
  listAudit(since: number, after: number, account: string | null, limit: number): AuditEntry[]
  /** Reads all of it: not for the thread that commits. */
  verifyAudit(): AuditVerdict
}

const LIST = 'SELECT * FROM audit WHERE n > ? AND at >= ?'

/** Prepares the audit's statements on an open database. */
export function auditDatabase(db: DatabaseSync): AuditDatabase {
  const list = db.prepare(`${LIST} ORDER BY n LIMIT ?`)
  const listOfAccount = db.prepare(`${LIST} AND account = ? ORDER BY n LIMIT ?`)
  const all = db.prepare('SELECT * FROM audit ORDER BY n')
  const records = db.prepare('SELECT kind, id, version, body FROM registry ORDER BY version, kind, id')
  const begin = db.prepare('BEGIN')
  const end = db.prepare('COMMIT')
  return {
    listAudit(since, after, account, limit) {
      const entries = account === null ? list.all(after, since, limit) : listOfAccount.all(after, since, account, limit)
      return entries as unknown as AuditEntry[]
    },
    verifyAudit() {
      // Both as they were at one moment.
      begin.run()
      try {
        return verifyChain(
          all.iterate() as unknown as Iterable<AuditEntry>,
          records.iterate() as unknown as Iterable<AuditedRecord>,
        )
      } finally {
        end.run()
      }
    },
  }
}

/** What the next entry follows. */
export function lastEntry(db: DatabaseSync): () => Pick<AuditEntry, 'n' | 'hash'> | undefined {
  const last = db.prepare('SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1')
  return () => last.get() as Pick<AuditEntry, 'n' | 'hash'> | undefined
}
