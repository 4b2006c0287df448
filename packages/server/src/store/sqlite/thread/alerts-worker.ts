import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { keepToOwner } from '../../../files/keep-to-owner.ts'
import { Refusal } from '../sqlite-failure.ts'
import { alertMigrations, alertQuestions } from './alert-tables.ts'
import { answerQuestions } from './answer-questions.ts'

export type { AlertQuestions } from './alert-tables.ts'

/** How long a write waits for another process, in ms: nobody's answer waits with it. */
const LOCK_WAIT_MS = 2000

answerQuestions((path) => {
  const db = openAlerts(path)
  return { questions: alertQuestions(db), close: () => db.close() }
})

/** A file that cannot be read is left as it is: what it holds has not been sent yet. */
function openAlerts(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600))
  for (const suffix of ['', '-wal', '-shm']) keepToOwner(path + suffix)
  const db = new DatabaseSync(path)
  try {
    // FULL: what was kept outlives a loss of power, since nobody would find it again.
    db.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
    db.exec('PRAGMA foreign_keys = ON; BEGIN IMMEDIATE')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > alertMigrations.length) throw new Refusal('newer', `its version is ${version}`)
    for (const step of alertMigrations.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${alertMigrations.length}; COMMIT`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
