import type { LedgerRow } from '../crash/look-at-ledger.ts'
import type { ChargedRow } from '../limits/limited-processes.ts'
import type { Replicas } from './replicas.ts'

/**
 * The rows of all owners in the order of their numbers, read by plain SQL: by nothing of the code that wrote them. Late ones, from the spool of an owner that was
 * dead by then, count in no budget any more.
 */
export async function rowsOf(
  replicas: Pick<Replicas, 'read'>,
  { withLate = true }: { readonly withLate?: boolean } = {},
): Promise<readonly LedgerRow[]> {
  const rows = await replicas.read(
    `SELECT owner, n, id, key_id, charge_pico, record FROM speka.usage_record
     WHERE NOT is_late ${withLate ? 'OR true' : ''} ORDER BY owner, n`,
  )
  return rows.map((row) => {
    const { outcome, inputTokens, outputTokens } = recordIn(row)
    return {
      owner: Number(row['owner']),
      n: Number(row['n']),
      id: String(row['id']),
      key: String(row['key_id']),
      charge: row['charge_pico'] === null ? null : Number(row['charge_pico']),
      outcome,
      input: inputTokens ?? null,
      output: outputTokens ?? null,
    }
  })
}

/** What was charged to a key. */
export async function chargedTo(replicas: Pick<Replicas, 'read'>, keyId: string): Promise<readonly ChargedRow[]> {
  const rows = await replicas.read('SELECT id, charge_pico, record FROM speka.usage_record WHERE key_id = $1', [keyId])
  return rows.map((row) => ({
    id: String(row['id']),
    charge: row['charge_pico'] === null ? undefined : BigInt(String(row['charge_pico'])),
    name: recordIn(row).upstreamId,
  }))
}

/** A record as it is kept, as far as anybody looks at it here. */
interface Kept {
  readonly outcome: string
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly upstreamId?: string
}

const recordIn = (row: Readonly<Record<string, unknown>>): Kept => JSON.parse(String(row['record'])) as Kept
