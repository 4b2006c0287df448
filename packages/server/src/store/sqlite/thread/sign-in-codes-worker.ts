import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { keepToOwner } from '../../../files/keep-to-owner.ts'
import { Refusal } from '../sqlite-failure.ts'
import { answerQuestions } from './answer-questions.ts'
import { signInCodeMigrations, signInCodeQuestions } from './sign-in-code-tables.ts'

export type { SignInCodeQuestions } from './sign-in-code-tables.ts'

/** How long a write waits for another process, in ms. */
const LOCK_WAIT_MS = 2000

answerQuestions((path) => {
  const db = openCodes(path)
  return { questions: signInCodeQuestions(db), close: () => db.close() }
})

function openCodes(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600))
  for (const suffix of ['', '-wal', '-shm']) keepToOwner(path + suffix)
  const db = new DatabaseSync(path)
  try {
    // NORMAL: after a loss of power people ask for another code. What a crash of the process leaves is whole.
    db.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`)
    db.exec('BEGIN IMMEDIATE')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > signInCodeMigrations.length) throw new Refusal('newer', `its version is ${version}`)
    for (const step of signInCodeMigrations.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${signInCodeMigrations.length}; COMMIT`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
