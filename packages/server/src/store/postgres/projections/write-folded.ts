import type { Database } from '../database.ts'
import { statement, type Session, type Statement, type Value } from '../session.ts'
import { INDEX_COLUMNS, type FoldedRows, type SumRow } from './folded-rows.ts'
import type { KnownTexts } from './known-texts.ts'
import { hourTable, isAmount, isText, listed, onConflict, sumTables, type SumTable } from './sum-tables.ts'

/** Brings what was added up into the tables. */
export interface FoldedWriter {
  /**
   * Within a transaction that has the owner's place. What has to be there before, and is nobody's secret, is written outside of it.
   */
  write(session: Session, owner: number, folded: FoldedRows): Promise<void>
}

const statements: ReadonlyMap<SumTable, Statement> = new Map(sumTables.map((table) => [table, statement(addTo(table))]))

const INDEX = statement(`
  INSERT INTO request_index (${listed(INDEX_COLUMNS)})
  SELECT * FROM unnest(${INDEX_COLUMNS.map((_, index) => `$${index + 1}::bigint[]`).join(', ')})`)

const NOTE_USED = statement('INSERT INTO used_sum SELECT * FROM unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING')

export function foldedWriter(database: Pick<Database, 'run'>, texts: KnownTexts): FoldedWriter {
  const used = new Set<string>()

  async function noteUsed(rows: readonly SumRow[]): Promise<void> {
    const fresh = hourTable.sums.filter(
      (name, index) => !used.has(name) && rows.some(({ sums }) => Number(sums[index])),
    )
    if (fresh.length === 0) return
    await database.run(NOTE_USED, [fresh])
    for (const name of fresh) used.add(name)
  }

  return {
    async write(session, owner, { texts: ofBatch, tables, requests }) {
      const numbers = [0, ...(await texts.numbersOf(ofBatch.all))]
      const valueOf = (column: string, value: number): number => (isText(column) ? (numbers[value] ?? 0) : value)
      for (const { table, rows } of tables) {
        const add = statements.get(table)
        if (add === undefined || rows.length === 0) continue
        if (table === hourTable) await noteUsed(rows)
        const keys = table.key.map((name, index) => rows.map(({ key }) => valueOf(name, key[index] ?? 0)))
        const sums = table.sums.map((_, index) => rows.map((row) => parameterOf(row.sums[index] ?? 0)))
        await session.run(add, [owner, ...keys, ...sums])
      }
      const columns = INDEX_COLUMNS.map((name, index): Value =>
        requests.map((row) => {
          const value = row[index] ?? null
          return typeof value === 'number' ? valueOf(name, value) : value === null ? null : parameterOf(value)
        }),
      )
      await session.run(INDEX, columns)
    },
  }
}

const parameterOf = (value: number | bigint): number | string => (typeof value === 'bigint' ? value.toString() : value)

/** Adds to rows, or makes them. */
function addTo({ name, key, sums }: SumTable): string {
  const lists = [...key, ...sums].map((column, index) => `$${index + 2}::${isAmount(column) ? 'numeric' : 'bigint'}[]`)
  return `
    INSERT INTO ${name} (owner, ${listed([...key, ...sums])})
    SELECT $1::bigint, added.* FROM unnest(${lists.join(', ')}) AS added
    ${onConflict({ name, key, sums })}`
}
