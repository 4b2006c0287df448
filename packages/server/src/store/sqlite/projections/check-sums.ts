import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { Folding, SumDifference } from '../../store.ts'
import { keyText, MOST_TOLD, shown } from '../../projections/key-text.ts'
import { followRows } from './follow-rows.ts'
import { discardProjections, openProjections } from './open-projections.ts'
import { DAY_KEY, FAULT_KEY, HOUR_KEY, PRICE_KEY, PRICE_SUMS, SUMS } from '../../projections/sum-columns.ts'
import { quoted } from './tables.ts'
import { textNumbers } from './text-numbers.ts'

export interface CheckOptions {
  readonly ledger: DatabaseSync
  /** The projections' file. */
  readonly path: string
  /** The names of the units' counts. */
  readonly counts: readonly string[]
  readonly onFolding: (folding: Folding) => void
  /** Lets the thread do what else is waiting. */
  readonly breathe: () => Promise<void>
}

/**
 * Adds up all rows anew, into a file of their own, as far as the projections reach at this moment, and tells where the two
 * differ. Meanwhile rows may be written and folded.
 */
export async function checkSums({ ledger, path, counts, onFolding, breathe }: CheckOptions): Promise<SumDifference[]> {
  const freshPath = `${path}.check-${randomUUID()}`
  const fresh = openProjections(freshPath, counts)
  const kept = new DatabaseSync(path, { readOnly: true })
  try {
    kept.exec(`PRAGMA busy_timeout = 5000; ATTACH '${freshPath.replaceAll("'", "''")}' AS fresh; BEGIN`)
    const places = kept.prepare('SELECT owner, n FROM main.place').all()
    const upTo = new Map(places.map(({ owner, n }) => [Number(owner), Number(n)]))
    const { step } = followRows({ ledger, projections: fresh, texts: textNumbers(fresh), counts, upTo })
    for (;;) {
      const folding = step()
      if (folding.isDone) break
      onFolding(folding)
      await breathe()
    }
    return comparedTables(counts)
      .flatMap((table) => differences(kept, table))
      .slice(0, MOST_TOLD)
  } finally {
    kept.close()
    fresh.close()
    discardProjections(freshPath)
  }
}

interface Compared {
  readonly table: string
  readonly key: readonly string[]
  readonly values: readonly string[]
}

const comparedTables = (counts: readonly string[]): Compared[] => [
  { table: 'place', key: ['owner'], values: ['n', 'id'] },
  { table: 'usage_hour', key: HOUR_KEY, values: [...SUMS, ...counts] },
  { table: 'usage_hour_times', key: HOUR_KEY, values: ['duration', 'first_output'] },
  { table: 'usage_fault', key: FAULT_KEY, values: ['requests'] },
  { table: 'usage_customer_day', key: DAY_KEY, values: [...SUMS, ...counts] },
  { table: 'usage_price', key: PRICE_KEY, values: [...PRICE_SUMS, ...counts] },
  {
    table: 'request_index',
    key: ['owner', 'n'],
    values: [
      'time',
      'upstream',
      'account',
      'key',
      'labels',
      'customer',
      'session',
      'model',
      'provider',
      'outcome',
      'charge_pico',
    ],
  },
]

/** Columns whose numbers stand for texts: the same text may have another number in each file. */
const TEXTS: ReadonlySet<string> = new Set(['account', 'key', 'customer', 'model', 'provider', 'price'])

function differences(db: DatabaseSync, { table, key, values }: Compared): SumDifference[] {
  const columns = [...key, ...values]
  const from = (schema: string): string => {
    const read = columns.map((name) =>
      TEXTS.has(name) ? `(SELECT text FROM ${schema}.text WHERE id = t.${quoted(name)})` : `t.${quoted(name)}`,
    )
    return `SELECT ${read.join(', ')} FROM ${schema}.${table} t`
  }
  const only = (one: string, other: string): Map<string, unknown[]> => {
    const statement = db.prepare(`${from(one)} EXCEPT ${from(other)} LIMIT ${MOST_TOLD}`)
    statement.setReturnArrays(true)
    statement.setReadBigInts(true)
    const rows = statement.all() as unknown as unknown[][]
    return new Map(rows.map((row) => [keyText(key, row), row.slice(key.length)]))
  }
  const [inKept, inRows] = [only('main', 'fresh'), only('fresh', 'main')]
  return [...new Set([...inKept.keys(), ...inRows.keys()])].flatMap((of) =>
    values.flatMap((value, index) => {
      const [kept, rows] = [inKept.get(of)?.[index], inRows.get(of)?.[index]]
      return kept === rows ? [] : [{ table, of, value, kept: shown(kept), rows: shown(rows) }]
    }),
  )
}
