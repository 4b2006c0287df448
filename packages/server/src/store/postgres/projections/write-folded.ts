import type { Database } from '../database.ts'
import { statement, type Session, type Statement } from '../session.ts'
import { INDEX_COLUMNS, type FoldedRows } from './folded-rows.ts'
import type { KnownTexts } from './known-texts.ts'
import { hourTable, isAmount, isText, listed, onConflict, type SumTable } from './sum-tables.ts'

/** Brings what was added up into the tables. */
export interface FoldedWriter {
  /**
   * Within a transaction that has the owner's place. What has to be there before, and is nobody's secret, is written outside of it.
   */
  write(session: Session, owner: number, folded: FoldedRows): Promise<void>
}

const INDEX = statement(`
  INSERT INTO request_index (${listed(INDEX_COLUMNS)})
  SELECT * FROM unnest(${INDEX_COLUMNS.map((_, index) => `$${index + 1}::bigint[]`).join(', ')})`)

const NOTE_USED = statement('INSERT INTO used_sum SELECT * FROM unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING')

export function foldedWriter(database: Pick<Database, 'run'>, texts: KnownTexts): FoldedWriter {
  const used = new Set<string>()

  async function noteUsed(sums: readonly string[]): Promise<void> {
    const fresh = sums.filter((name) => !used.has(name))
    if (fresh.length === 0) return
    await database.run(NOTE_USED, [fresh])
    for (const name of fresh) used.add(name)
  }

  return {
    async write(session, owner, { texts: ofBatch, tables, requests }) {
      const numbers = [0, ...(await texts.numbersOf(ofBatch.all))]
      const valueOf = (column: string, value: number): number => (isText(column) ? (numbers[value] ?? 0) : value)
      for (const { table, rows } of tables) {
        // Most units occur nowhere, and to add nothing takes as long as to add something.
        const sums = [...table.sums.keys()].filter((at) => rows.some((row) => Number(row.sums[at]) !== 0))
        if (sums.length === 0) continue
        const names = sums.map((at) => table.sums[at] ?? '')
        if (table === hourTable) await noteUsed(names)
        const keys = table.key.map((name, at) => listOf(rows.map(({ key }) => valueOf(name, key[at] ?? 0))))
        const values = sums.map((at) => listOf(rows.map((row) => row.sums[at] ?? 0)))
        await session.run(addTo({ ...table, sums: names }), [owner, ...keys, ...values])
      }
      const columns = INDEX_COLUMNS.map((name, at) =>
        listOf(
          requests.map((row) => {
            const value = row[at] ?? null
            return typeof value === 'number' ? valueOf(name, value) : value
          }),
        ),
      )
      await session.run(INDEX, columns)
    },
  }
}

/** Numbers as PostgreSQL reads a list: the driver would look at each for what has to be escaped. */
const listOf = (values: readonly (number | bigint | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : value)).join(',')}}`

/** Statements by their texts, of which there are as many as there are lists of units that occur together. */
const statements = new Map<string, Statement>()

/** Adds to rows, or makes them. */
function addTo({ name, key, sums }: SumTable): Statement {
  const place = `${name} ${sums.join(' ')}`
  let add = statements.get(place)
  if (add === undefined) {
    const lists = [...key, ...sums].map((column, at) => `$${at + 2}::${isAmount(column) ? 'numeric' : 'bigint'}[]`)
    add = statement(`
      INSERT INTO ${name} (owner, ${listed([...key, ...sums])})
      SELECT $1::bigint, added.* FROM unnest(${lists.join(', ')}) AS added
      ${onConflict({ name, key, sums })}`)
    statements.set(place, add)
  }
  return add
}
