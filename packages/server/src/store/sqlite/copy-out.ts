import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { checksumOf } from '../checksum.ts'
import { copiedTables, type CopiedRow, type CopiedTable, type CopiedValue, type StoreToCopy } from '../copied-tables.ts'
import { NO_VALUE, type SqlRow, type StoredRow } from '../usage-record-table.ts'
import { failureOf, Refusal } from './sqlite-failure.ts'
import { storageError } from './storage-error.ts'
import { openDatabase } from './thread/open-database.ts'
import { goneOwners, listOwners } from './thread/owner-life.ts'
import { LAST_N, ROWS_OF_ONE } from './thread/place.ts'
import { BEFORE_OWNERS, oldRow } from './thread/read-rows.ts'

/** The files of a store, by what is added to the name of the first. */
type FileSuffix = '' | '-alerts' | '-sign-in' | '-replies' | '-responses'

interface Source {
  readonly file: FileSuffix
  /** What it is called there. Default: the same. */
  readonly table?: string
  /** The columns that are called otherwise there, or are not there. */
  readonly differ?: Readonly<Record<string, string>>
}

/** Rows from before there were owners get one, so that they are counted, added up and looked at like all others. */
const OWNERS = `(
  SELECT ${BEFORE_OWNERS} AS id, min(created_at) AS started_at, '' AS boot_id, '' AS process, 0 AS pid, 'ended' AS state,
    count(*) AS last_n, max(created_at) AS heard_at, max(created_at) AS ended_at, 'goodbye' AS ended_how
  FROM ledger HAVING count(*) > 0
  UNION ALL
  SELECT id, started_at, boot_id, process, pid, state, coalesce(last_n, ${LAST_N}), coalesce(heard_at, started_at), ended_at, ended_how
  FROM owner
) AS owner`

const sources: Readonly<Record<CopiedTable, Source>> = {
  owner: { file: '', table: OWNERS, differ: { host: `''` } },
  usage_record: { file: '', differ: { owner: `place / ${ROWS_OF_ONE}`, n: `place % ${ROWS_OF_ONE}` } },
  registry: { file: '' },
  label_set: { file: '' },
  key_use: { file: '' },
  audit: { file: '' },
  invoice: { file: '' },
  budget: { file: '' },
  lease: { file: '' },
  borrower: { file: '', table: 'owner WHERE counted_n IS NOT NULL', differ: { owner: 'id' } },
  alert: { file: '-alerts' },
  delivery: { file: '-alerts', differ: { place: 'rowid' } },
  refusal: { file: '-alerts' },
  sign_in_code: { file: '-sign-in', table: 'code' },
  sign_in_asked: { file: '-sign-in', table: 'asked' },
  reply: { file: '-replies', differ: { bytes: 'length(reply)' } },
  response: { file: '-responses' },
}

/**
 * Opens the SQLite store at a path to be copied, once its tables are up to date. Nothing is changed in it besides.
 *
 * @throws SpekaError `storage_unavailable`, also when a gateway still writes to it.
 */
export function sqliteStoreToCopy(path: string): StoreToCopy {
  try {
    return openToCopy(path)
  } catch (error) {
    throw storageError(path, failureOf(error))
  }
}

function openToCopy(path: string): StoreToCopy {
  const main = openDatabase(path, true)
  const files = new Map<FileSuffix, DatabaseSync>([['', main]])
  const close = (): void => {
    for (const db of files.values()) db.close()
  }
  try {
    demandNoWriter(main)
    for (const suffix of ['-alerts', '-sign-in', '-replies', '-responses'] as const) {
      const file = path.replace(/(?:\.sqlite)?$/, `${suffix}.sqlite`)
      if (existsSync(file)) files.set(suffix, new DatabaseSync(file))
    }
    // As it is now, whoever writes from now on.
    for (const db of files.values()) db.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
  } catch (error) {
    close()
    throw error
  }

  /** `undefined`: this store has no such file, or an early version of it has no such table. */
  function sourceOf(
    table: CopiedTable,
  ): { readonly db: DatabaseSync; readonly select: string; readonly from: string } | undefined {
    const { file, table: from = table, differ = {} } = sources[table]
    const db = files.get(file)
    if (db === undefined || (file !== '' && !hasTable(db, from))) return undefined
    const columns = copiedTables[table].map((column) => differ[column] ?? `"${column}"`)
    return { db, select: columns.join(', '), from }
  }

  return {
    name: path,
    count(table) {
      const source = sourceOf(table)
      if (source === undefined) return 0
      return countOf(source.db, source.from) + (table === 'usage_record' ? countOf(main, 'ledger') : 0)
    },
    *rows(table) {
      try {
        if (table === 'usage_record') yield* rowsBeforeOwners(main)
        const source = sourceOf(table)
        if (source === undefined) return
        const statement = source.db.prepare(`SELECT ${source.select} FROM ${source.from}`)
        statement.setReadBigInts(true)
        statement.setReturnArrays(true)
        yield* statement.iterate() as unknown as Iterable<CopiedRow>
      } catch (error) {
        throw storageError(path, failureOf(error))
      }
    },
    months: () =>
      ['usage_record', 'ledger'].flatMap((table) =>
        main
          .prepare(
            `SELECT min(created_at) AS moment FROM ${table} GROUP BY strftime('%Y-%m', created_at / 1000, 'unixepoch')`,
          )
          .all()
          .map(({ moment }) => Number(moment)),
      ),
    close,
  }
}

const countOf = (db: DatabaseSync, from: string): number =>
  Number(db.prepare(`SELECT count(*) AS count FROM ${from}`).get()?.['count'])

const hasTable = (db: DatabaseSync, name: string): boolean =>
  db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined

function demandNoWriter(db: DatabaseSync): void {
  const gone = new Set(goneOwners(db).map(({ id }) => id))
  const writer = listOwners(db).find(({ id, ended, isSilent }) => ended === undefined && !isSilent && !gone.has(id))
  if (writer !== undefined)
    throw new Refusal('locked', `process ${writer.pid} still writes to it, as owner ${writer.id}`)
}

/** Rows of the first table of the ledger, as they would stand in today's. They have no checksum: it is taken of what is there now. */
function* rowsBeforeOwners(db: DatabaseSync): Iterable<CopiedRow> {
  const statement = db.prepare('SELECT rowid AS n, * FROM ledger ORDER BY rowid')
  statement.setReadBigInts(true)
  let n = 0
  for (const row of statement.iterate() as Iterable<SqlRow>) {
    n += 1
    const { id, createdAt, account, keyId, charge, record } = readOldRow(row)
    const columns = [
      id,
      createdAt,
      account,
      keyId ?? null,
      charge ?? null,
      JSON.stringify(record),
    ] satisfies CopiedValue[]
    const checksum = checksumOf(columns.map((value) => value ?? NO_VALUE).join('\t'))
    yield [BEFORE_OWNERS, n, ...columns.slice(0, -1), checksum, columns.at(-1) ?? null]
  }
}

function readOldRow(row: SqlRow): StoredRow {
  try {
    return oldRow(row)
  } catch {
    throw new Refusal(
      'damaged',
      `the record of request ${String(row['id'])} is no JSON: "speka ledger verify" tells more`,
    )
  }
}
