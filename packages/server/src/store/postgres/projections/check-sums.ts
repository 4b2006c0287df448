import { keyText, MOST_TOLD, shown } from '../../projections/key-text.ts'
import { readToAdd } from '../../projections/read-to-add.ts'
import type { Folding, SumDifference } from '../../store.ts'
import { rowsBehind } from '../read-rows.ts'
import { statement } from '../session.ts'
import { INDEX_COLUMNS, RowFolder, type IndexRow, type SumRow } from './folded-rows.ts'
import { isText, listed, quoted, type SumTable } from './sum-tables.ts'
import type { Readers } from './readers.ts'

const ROWS_AT_ONCE = 5000

const PLACES = statement('SELECT owner, n FROM place ORDER BY owner')
const INDEXED = statement(`
  SELECT ${listed(INDEX_COLUMNS)} FROM request_index WHERE owner = $1 AND n > $2 AND n <= $3`)

/** What stands in two places, by what it is of: each value as a text. */
type Values = ReadonlyMap<string, readonly string[]>

/**
 * Adds up all rows anew, in memory, as far as the sums reach, and tells where the two differ: all of one moment. Meanwhile rows may be written
 * and folded.
 */
export async function checkSums(readers: Readers, onFolding: (folding: Folding) => void): Promise<SumDifference[]> {
  const { session } = readers
  const places = (await session.run(PLACES)).rows.map((row) => ({
    owner: Number(row['owner']),
    upTo: Number(row['n']),
  }))
  const total = places.reduce((sum, { upTo }) => sum + upTo, 0)
  const folder = new RowFolder()
  const differences: SumDifference[] = []
  let folded = 0
  for (const { owner, upTo } of places) {
    let n = 0
    while (n < upTo) {
      const rows = await rowsBehind(session, owner, n, Math.min(ROWS_AT_ONCE, upTo - n))
      for (const row of rows) folder.add({ ...row, record: readToAdd(row.record) })
      // Behind the last of an owner there must be none.
      const end = rows.length === 0 ? upTo : (rows.at(-1)?.n ?? upTo)
      const kept = await indexRows(readers, owner, n, end >= upTo ? Number.MAX_SAFE_INTEGER : end)
      const { texts } = folder.folded()
      differences.push(
        ...differencesOf(
          INDEX,
          kept,
          indexValues(folder.takeRequests(), (at) => texts.textOf(at)),
        ),
      )
      folded += rows.length
      n = end
      onFolding({ folded, total })
    }
  }
  const { texts, tables } = folder.folded()
  for (const { table, rows } of tables) {
    const fresh = sumValues(table, rows, (number) => texts.textOf(number))
    differences.push(...differencesOf(table, await keptSums(readers, table), fresh))
  }
  return differences.slice(0, MOST_TOLD)
}

const INDEX: SumTable = { name: 'request_index', key: INDEX_COLUMNS.slice(0, 2), sums: INDEX_COLUMNS.slice(2) }

async function indexRows(readers: Readers, owner: number, after: number, upTo: number): Promise<Values> {
  const { rows } = await readers.session.run(INDEXED, [owner, after, upTo])
  const read = rows.map((row) =>
    INDEX_COLUMNS.map((name) =>
      row[name] === null ? null : name === 'charge' ? BigInt(String(row[name])) : Number(row[name]),
    ),
  )
  const texts = INDEX_COLUMNS.flatMap((name, at) => (isText(name) ? read.map((row) => Number(row[at])) : []))
  const names = await readers.texts.textsOf(readers.session, texts)
  return indexValues(read, (number) => names.get(number))
}

function indexValues(rows: readonly IndexRow[], textOf: (number: number) => string | undefined): Values {
  return new Map(
    rows.map((row) => {
      const values = INDEX_COLUMNS.map((name, at) => shown(isText(name) ? textOf(Number(row[at])) : row[at]))
      return [keyText(INDEX.key, values.slice(0, 2)), values.slice(2)]
    }),
  )
}

async function keptSums(readers: Readers, table: SumTable): Promise<Values> {
  const { name, key, sums } = table
  const { rows } = await readers.session.run(
    statement(`
      SELECT ${listed(key)}, ${sums.map((sum) => `sum(${quoted(sum)}) AS ${quoted(sum)}`).join(', ')}
      FROM ${name} GROUP BY ${listed(key)}`),
  )
  const read = rows.map((row) => ({
    key: key.map((column) => Number(row[column])),
    sums: sums.map((sum) => BigInt(String(row[sum]))),
  }))
  const texts = key.flatMap((column, at) => (isText(column) ? read.map((row) => row.key[at] ?? 0) : []))
  const names = await readers.texts.textsOf(readers.session, texts)
  return sumValues(table, read, (number) => names.get(number))
}

const sumValues = (
  { key: columns }: SumTable,
  rows: readonly SumRow[],
  textOf: (number: number) => string | undefined,
): Values =>
  new Map(
    rows.map(({ key, sums }) => [
      keyText(
        columns,
        key.map((value, at) => (isText(columns[at] ?? '') ? textOf(value) : value)),
      ),
      sums.map(shown),
    ]),
  )

function differencesOf({ name: table, sums }: SumTable, inKept: Values, inRows: Values): SumDifference[] {
  return [...new Set([...inKept.keys(), ...inRows.keys()])].flatMap((of) =>
    sums.flatMap((value, at) => {
      const [kept, rows] = [inKept.get(of)?.[at], inRows.get(of)?.[at]]
      return kept === rows ? [] : [{ table, of, value, kept: shown(kept), rows: shown(rows) }]
    }),
  )
}
