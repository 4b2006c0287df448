import {
  copiedTableNames,
  copiedTables,
  type CopiedRow,
  type CopiedTable,
  type CopiedValue,
  type CopyProgress,
  type StoreToCopy,
} from '../copied-tables.ts'
import type { Database } from './database.ts'
import { endOwners } from './end-owners.ts'
import { makePartitions } from './partitions.ts'
import { Refusal } from './postgres-failure.ts'
import { statement, type Session, type Statement } from './session.ts'

/** How many rows, and how much text, go into one statement at the most. */
const ROWS_AT_ONCE = 1000
const TEXT_AT_ONCE = 4 * 1024 * 1024

/** What every store has from the first, in place of which comes the copy. */
const CLEAR_DEFAULTS = statement('DELETE FROM registry')
const KEEP_MARK = statement(`
  INSERT INTO secret_mark (name, mark) VALUES ('pepper', $1) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark`)
const NOTE_VERSION = statement('UPDATE registry_version SET version = (SELECT max(version) FROM registry)')
const ALIVE = statement(`SELECT id FROM owner WHERE state = 'alive'`)
const COLUMN_TYPES = statement(`
  SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`)

/** Whatever gives out numbers goes on behind those that are there. */
const NUMBERED = [
  ['owner', 'id'],
  ['label_set', 'id'],
  ['budget', 'number'],
  ['alert', 'n'],
  ['sign_in_code', 'n'],
  ['sign_in_asked', 'n'],
] as const
const goOn = (sequence: string, last: string): Statement =>
  statement(`SELECT setval(${sequence}, coalesce(${last}, 0) + 1, false)`)

interface CopyOptions {
  /** By what the pepper of its keys is known from then on. Default: by nothing, until a replica has one. */
  readonly pepperMark?: string | undefined
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
}

/**
 * Writes a store into an empty one that has its tables, all or nothing: what is in it is as it was, with its numbers, versions and hashes.
 * Owners that had not said goodbye have ended with it, so that what they were lent is free.
 *
 * @param database with statements that may take as long as they need.
 * @throws Refusal `foreign` when there is something in it.
 */
export async function copyIn(
  database: Database,
  source: StoreToCopy,
  { pepperMark, onProgress = () => {} }: CopyOptions = {},
): Promise<void> {
  // Before any row, since rows of a month without a partition would be in its way.
  for (const month of source.months()) await makePartitions(database, month)
  await database.transact(async (session) => {
    await session.script(`LOCK TABLE ${copiedTableNames.join(', ')} IN EXCLUSIVE MODE`)
    await demandEmpty(session)
    await session.run(CLEAR_DEFAULTS)
    for (const table of copiedTableNames) await copyTable(session, source, table, onProgress)
    await session.run(NOTE_VERSION)
    // With the keys, so that no start between the two makes them those of another pepper.
    if (pepperMark !== undefined) await session.run(KEEP_MARK, [pepperMark])
    for (const [table, column] of NUMBERED)
      await session.run(
        goOn(`pg_get_serial_sequence('${table}', '${column}')`, `(SELECT max(${column}) FROM ${table})`),
      )
    await session.run(goOn(`'reply_kept'`, '(SELECT max(kept) FROM reply)'))
    const alive = (await session.run(ALIVE)).rows.map((row) => Number(row['id']))
    await endOwners(session, alive, 'goodbye')
    await session.script(`ANALYZE ${copiedTableNames.join(', ')}`)
  })
}

/** A copy is committed before it is looked at. */
const AFTER_ALL =
  'If it is an earlier copy that was broken off while it was verified, all of it is there: "speka ledger verify" and "speka audit --verify" ' +
  'must say the same of both.'

async function demandEmpty(session: Session): Promise<void> {
  for (const table of copiedTableNames) {
    // The account that every store has.
    const besides = table === 'registry' ? `WHERE kind <> 'account' OR id <> 'default'` : ''
    const { count } = await session.run(statement(`SELECT FROM ${table} ${besides} LIMIT 1`))
    if (count > 0)
      throw new Refusal(
        'foreign',
        `it is not empty: there is something in ${table}. Copy to a new database. ${AFTER_ALL}`,
      )
  }
}

async function copyTable(
  session: Session,
  source: StoreToCopy,
  table: CopiedTable,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  const insert = await insertInto(session, table)
  const total = source.count(table)
  let copied = 0
  for (const rows of batchesOf(source.rows(table))) {
    await session.run(insert, columnsOf(rows, copiedTables[table].length))
    copied += rows.length
    onProgress({ table, copied, total })
  }
  const there = Number((await session.run(statement(`SELECT count(*) FROM ${table}`))).rows[0]?.['count'])
  if (there !== total) throw new Refusal('damaged', `of ${total} rows of ${table} there are ${there}`)
}

async function insertInto(session: Session, table: CopiedTable): Promise<Statement> {
  const { rows } = await session.run(COLUMN_TYPES, [table])
  const types = new Map(rows.map((row) => [String(row['name']), String(row['type'])]))
  const columns: readonly string[] = copiedTables[table]
  const lists = columns.map((column, index) => `$${index + 1}::${types.get(column) ?? 'text'}[]`)
  return statement(`
    INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')}) OVERRIDING SYSTEM VALUE
    SELECT * FROM unnest(${lists.join(', ')})`)
}

type Texts = readonly (string | null)[]

function* batchesOf(rows: Iterable<CopiedRow>): Iterable<readonly Texts[]> {
  let batch: Texts[] = []
  let text = 0
  for (const row of rows) {
    const texts = row.map(textOf)
    batch.push(texts)
    for (const value of texts) text += value?.length ?? 0
    if (batch.length < ROWS_AT_ONCE && text < TEXT_AT_ONCE) continue
    yield batch
    batch = []
    text = 0
  }
  if (batch.length > 0) yield batch
}

/** As PostgreSQL reads it, of whatever type the column is. */
function textOf(value: CopiedValue): string | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return value === null ? null : String(value)
}

const columnsOf = (rows: readonly Texts[], columns: number): Texts[] =>
  Array.from({ length: columns }, (_, index) => rows.map((row) => row[index] ?? null))
