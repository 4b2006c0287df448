import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { keepToOwner } from '../../../files/keep-to-owner.ts'
import { Refusal } from '../sqlite-failure.ts'
import { answerQuestions } from './answer-questions.ts'
import { responseMigrations, responseQuestions } from './response-tables.ts'
import { waitForLock } from './wait-for-lock.ts'

export type { ResponseQuestions } from './response-tables.ts'

/** How long a write waits for another process, in ms: answers to callers wait with it. */
const LOCK_WAIT_MS = 5000

answerQuestions((path) => {
  // Of those that open a new file at once, SQLite lets one switch to its log, and may refuse the others without waiting.
  const db = waitForLock(LOCK_WAIT_MS)(() => openResponses(path))
  return { questions: responseQuestions(db), close: () => db.close() }
})

function openResponses(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600))
  for (const suffix of ['', '-wal', '-shm']) keepToOwner(path + suffix)
  const db = new DatabaseSync(path)
  try {
    // NORMAL: what a crash of the process leaves is whole; a loss of power may take the conversations of the last moments.
    db.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`)
    db.exec('BEGIN IMMEDIATE')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > responseMigrations.length) throw new Refusal('newer', `its version is ${version}`)
    for (const step of responseMigrations.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${responseMigrations.length}; COMMIT`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
