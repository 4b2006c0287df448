import { atOnceIn } from './at-once.ts'
import { closeSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { keepToOwner } from '../../../files/keep-to-owner.ts'
import type { Claimed } from '../../store.ts'
import { answerQuestions } from './answer-questions.ts'

/** The table as it is today: a file with another is thrown away, since nothing in it is missed for long. */
const SCHEMA_VERSION = 1

const SCHEMA = `
  CREATE TABLE reply (
    place       TEXT    NOT NULL PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    until       INTEGER NOT NULL,
    kept        INTEGER, -- the order in which replies were kept
    reply       BLOB
  ) STRICT;
  CREATE INDEX reply_by_age ON reply (kept) WHERE kept IS NOT NULL;
  CREATE INDEX reply_by_end ON reply (until);
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/** How long a write waits for another process, in ms: nobody else's answer waits with it. */
const LOCK_WAIT_MS = 2000

/** What this thread is asked. */
export interface ReplyQuestions {
  claim(place: string, fingerprint: string, now: number, until: number): Claimed
  keep(place: string, reply: Uint8Array, until: number, mostBytes: number): void
  release(place: string): void
}

answerQuestions((path) => {
  const db = openReplies(path)
  return { questions: replyQuestions(db), close: () => db.close() }
})

function openReplies(path: string): DatabaseSync {
  try {
    return connect(path)
  } catch {
    // Damaged, or of another version.
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    return connect(path)
  }
}

function connect(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600))
  keepToOwner(path)
  const db = new DatabaseSync(path)
  try {
    db.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`)
    db.exec('BEGIN IMMEDIATE')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version === 0) db.exec(SCHEMA)
    else if (version !== SCHEMA_VERSION) throw new Error(`version ${version}`)
    db.exec('COMMIT')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function replyQuestions(db: DatabaseSync): ReplyQuestions {
  const find = db.prepare('SELECT fingerprint, until, reply FROM reply WHERE place = ?')
  const take = db.prepare('INSERT OR REPLACE INTO reply (place, fingerprint, until) VALUES (?, ?, ?)')
  const dropEnded = db.prepare('DELETE FROM reply WHERE until <= ?')
  const keep = db.prepare(
    'UPDATE reply SET reply = ?, until = ?, kept = (SELECT ifnull(max(kept), 0) + 1 FROM reply) WHERE place = ?',
  )
  const bytesKept = db.prepare('SELECT ifnull(sum(length(reply)), 0) AS bytes FROM reply')
  const oldest = db.prepare(
    'SELECT place, length(reply) AS bytes FROM reply WHERE kept IS NOT NULL ORDER BY kept LIMIT 100',
  )
  const release = db.prepare('DELETE FROM reply WHERE place = ?')
  /** Counted once, then kept up; other processes' are seen when it is counted anew. */
  let known: number | undefined

  const atOnce = atOnceIn(db)

  function makeRoom(mostBytes: number): void {
    if ((known ?? 0) <= mostBytes && known !== undefined) return
    known = Number(bytesKept.get()?.['bytes'])
    while (known > mostBytes) {
      const rows = oldest.all()
      if (rows.length === 0) return
      for (const { place, bytes } of rows) {
        if (known <= mostBytes) return
        release.run(String(place))
        known -= Number(bytes)
      }
    }
  }

  return {
    claim: (place, fingerprint, now, until) =>
      atOnce((): Claimed => {
        const row = find.get(place)
        if (row !== undefined && Number(row['until']) > now) {
          const theirs = String(row['fingerprint'])
          const reply = row['reply']
          return reply instanceof Uint8Array
            ? { state: 'kept', fingerprint: theirs, reply }
            : { state: 'running', fingerprint: theirs }
        }
        if (dropEnded.run(now).changes > 0) known = undefined
        take.run(place, fingerprint, until)
        return { state: 'yours' }
      }),

    keep: (place, reply, until, mostBytes) =>
      atOnce(() => {
        if (keep.run(reply, until, place).changes === 0) return
        if (known !== undefined) known += reply.length
        makeRoom(mostBytes)
      }),

    release: (place) => void release.run(place),
  }
}
