import { chainCheck, type Audit, type AuditEntry, type AuditVerdict } from '../audit.ts'
import type { StateParts } from './registry.ts'
import { statement, type Row, type Session } from './session.ts'

const LIST = statement(`
  SELECT * FROM audit WHERE n > $1 AND at >= $2 AND ($3::text IS NULL OR account = $3) ORDER BY n LIMIT $4::bigint`)
const RECORDS = statement(`
  SELECT kind, id, version, body FROM registry
  WHERE (version, kind, id) > ($1, $2, $3) ORDER BY version, kind, id LIMIT $4`)

/** All of it as it was at one moment. */
const ONE_MOMENT = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY'

/** How much is read at once: as long as that is looked at, nothing else is done. */
const PAGE = 500

/** The audit in a table that is only ever appended to. */
export const postgresAudit = ({ database, ask }: StateParts): Audit => ({
  list: ({ since = Number.MIN_SAFE_INTEGER, after = 0, account = null, limit = null } = {}) =>
    ask(async () => (await database.run(LIST, [after, since, account, limit])).rows.map(auditEntry)),
  verify: () =>
    ask(() =>
      database.transact(async (session) => {
        await session.script(ONE_MOMENT)
        return verifyAudit(session)
      }),
    ),
})

async function verifyAudit(session: Session): Promise<AuditVerdict> {
  const check = chainCheck()
  for (let after = 0, isDone = false; !isDone;) {
    const { rows } = await session.run(LIST, [after, Number.MIN_SAFE_INTEGER, null, PAGE])
    for (const row of rows) if (!check.entry(auditEntry(row))) return check.verdict()
    after = Number(rows.at(-1)?.['n'])
    isDone = rows.length < PAGE
  }
  for (let after: Row | undefined, isDone = false; !isDone;) {
    const place = [Number(after?.['version'] ?? 0), String(after?.['kind'] ?? ''), String(after?.['id'] ?? '')]
    const { rows } = await session.run(RECORDS, [...place, PAGE])
    for (const row of rows) {
      const record = { kind: String(row['kind']), id: String(row['id']), body: String(row['body']) }
      if (!check.record({ ...record, version: Number(row['version']) })) return check.verdict()
    }
    after = rows.at(-1)
    isDone = rows.length < PAGE
  }
  return check.verdict()
}

const auditEntry = (row: Row): AuditEntry => ({
  n: Number(row['n']),
  at: Number(row['at']),
  actor: String(row['actor']),
  action: String(row['action']),
  kind: String(row['kind']),
  object: String(row['object']),
  account: String(row['account']),
  version: Number(row['version']),
  before: row['before'] === null ? null : String(row['before']),
  after: String(row['after']),
  previous: String(row['previous']),
  hash: String(row['hash']),
})
