import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { keepToOwner } from '../../../files/keep-to-owner.ts'
import { placeFile } from '../../../files/place-file.ts'
import { failureOf, Refusal } from '../sqlite-failure.ts'
import { formatOf, projectionTables } from './tables.ts'

/** Marks a file as ours: `PRAGMA application_id` reads "SpkP". */
const APPLICATION_ID = 0x53_70_6b_50
/** How long to wait for another process that is just making the same file, in ms. */
const OPEN_WAIT_MS = 5000
/** What SQLite takes for a page unless it is told otherwise. */
const PAGE_BYTES = 4096
/** Pages of the write-ahead log from which they are brought into the file, which is when the disk is waited for. */
const CHECKPOINT_PAGES = 8000

/**
 * Opens the projections at `path`. All in them can be made again of the ledger, so whatever is there and is not a whole file
 * of this format is replaced by an empty one: a newer format as well as an older, and a file of somebody else.
 *
 * @param counts the names of the units' counts.
 * @throws What `failureOf` tells apart, when the folder cannot be written.
 */
export function openProjections(path: string, counts: readonly string[]): DatabaseSync {
  const tables = projectionTables(counts)
  if (existsSync(path)) {
    for (const suffix of SUFFIXES) keepToOwner(path + suffix)
    try {
      return connect(path, (db) => demandFormat(db, formatOf(tables)))
    } catch (error) {
      if (!isReplaced(error)) throw error
    }
  }
  discardProjections(path)
  create(path, tables)
  return connect(path, (db) => demandFormat(db, formatOf(tables)))
}

/** Whether something is wrong with a file that goes away with it. */
export function isReplaced(error: unknown): boolean {
  const { kind } = failureOf(error)
  return kind === 'damaged' || kind === 'foreign'
}

/** Removes the file and all beside it. */
export function discardProjections(path: string): void {
  // The log first: a log without its database is nothing, while a database with a strange log is a wrong sum.
  for (const suffix of SUFFIXES.toReversed()) rmSync(path + suffix, { force: true })
}

const SUFFIXES = ['', '-wal', '-shm', '-journal']

function demandFormat(db: DatabaseSync, format: number): void {
  const pragma = (name: string): unknown => db.prepare(`PRAGMA ${name}`).get()?.[name]
  const id = pragma('application_id')
  if (id !== APPLICATION_ID) throw new Refusal('foreign', `its application_id is ${String(id)}`)
  if (pragma('user_version') !== format) throw new Refusal('foreign', 'it has another format')
}

function connect(path: string, check: (db: DatabaseSync) => void): DatabaseSync {
  const { size } = statSync(path)
  // SQLite takes what is missing of the last page for nothing, and notices only when whole pages are.
  if (size === 0 || size % PAGE_BYTES !== 0) throw new Refusal('damaged', `it has ${size} bytes`)
  const db = new DatabaseSync(path)
  try {
    db.exec(`PRAGMA busy_timeout = ${OPEN_WAIT_MS}`)
    check(db)
    prepare(db)
    db.exec('PRAGMA busy_timeout = 0')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * A commit waits for no disk: what is lost with the power is folded again. Only bringing the log into the file does, or the
 * power could tear the file unseen.
 */
function prepare(db: DatabaseSync): void {
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
  if (mode !== 'wal') throw new Refusal('other', `the file system does not allow a write-ahead log (${String(mode)})`)
  db.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA trusted_schema = OFF`)
  db.exec('PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY')
}

/** Builds the file under another name, so that nobody ever sees half of it. */
function create(path: string, tables: string): void {
  const temporary = `${path}.new-${randomUUID()}`
  try {
    closeSync(openSync(temporary, 'wx', 0o600))
    const db = new DatabaseSync(temporary)
    try {
      db.exec(`PRAGMA page_size = ${PAGE_BYTES}`)
      prepare(db)
      db.exec(
        `BEGIN; ${tables}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${formatOf(tables)}; COMMIT`,
      )
    } finally {
      db.close()
    }
    placeFile(temporary, path)
  } finally {
    for (const suffix of SUFFIXES) rmSync(temporary + suffix, { force: true })
  }
}
