import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { keepToOwner } from '../../../files/keep-to-owner.ts'
import { migrate } from './migrations.ts'
import { placeFile } from '../../../files/place-file.ts'
import { Refusal } from '../sqlite-failure.ts'

/** Marks a database file as ours: `PRAGMA application_id` reads "Spka". */
const APPLICATION_ID = 0x53_70_6b_61
/** Of a new file: a row has a dozen to a page, and a batch of them takes half the writes that it would with SQLite's own 4096. */
const PAGE_BYTES = 8192
/** How long to wait for another process that is just creating or migrating the same file. */
const OPEN_WAIT_MS = 5000

/**
 * Opens the database at `path`, bringing its tables up to date; a path where nothing is gets a new one. A file that
 * cannot be a whole database of ours is refused, never replaced: it may be somebody's ledger. From then on the connection
 * does not wait for locks: `waitForLock` does.
 *
 * @param mustExist refuses a path where nothing is. Default: false
 * @throws What `failureOf` tells apart.
 */
export function openDatabase(path: string, mustExist = false): DatabaseSync {
  if (!existsSync(path)) {
    if (mustExist) throw new Refusal('moved', 'it is gone')
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    create(path)
  }
  for (const suffix of ['', '-wal', '-shm']) keepToOwner(path + suffix)
  // SQLite takes an empty file for a new database. Ours are never empty, so this one has lost what it held.
  if (statSync(path).size === 0) throw new Refusal('damaged', 'the file is empty')
  const db = connect(path, (opened) => {
    const id = opened.prepare('PRAGMA application_id').get()?.['application_id']
    if (id !== APPLICATION_ID) throw new Refusal('foreign', `its application_id is ${id}`)
  })
  db.exec('PRAGMA busy_timeout = 0')
  return db
}

function connect(path: string, check: (db: DatabaseSync) => void): DatabaseSync {
  const db = new DatabaseSync(path)
  try {
    db.exec(`PRAGMA busy_timeout = ${OPEN_WAIT_MS}`)
    check(db)
    const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
    if (mode !== 'wal') throw new Refusal('other', `the file system does not allow a write-ahead log (${mode})`)
    // NORMAL survives a crash of the process but not of the machine: the newest entries would be gone.
    // What is committed later has `logSync` for that.
    db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF')
    db.exec('PRAGMA journal_size_limit = 67108864')
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Builds the database under another name, so that a crash halfway never leaves a half-made one behind. */
function create(path: string): void {
  if (existsSync(`${path}-wal`)) throw new Refusal('missing', 'a write-ahead log without its database')
  const temporary = `${path}.new-${randomUUID()}`
  try {
    // SQLite would leave it to the umask, and gives what it puts beside it the same rights.
    closeSync(openSync(temporary, 'wx', 0o600))
    const settings = `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA application_id = ${APPLICATION_ID}`
    connect(temporary, (db) => db.exec(settings)).close()
    placeFile(temporary, path)
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(temporary + suffix, { force: true })
  }
}
