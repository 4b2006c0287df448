import { statSync, type BigIntStats } from 'node:fs'
import { basename } from 'node:path'
import { Refusal } from '../sqlite-failure.ts'

/** What SQLite keeps beside a database while it is open: the write-ahead log, and the index that its users share. */
const SUFFIXES = ['', '-wal', '-shm']

/** The files of an open database, remembered as they were when it was opened. */
export interface OpenFiles {
  /** @throws Refusal `moved` when one of them is no longer there, or is another one: SQLite would write on, into a file without a name. */
  check(): void
}

/** Remembers the files of the database at `path`, which has just been opened. */
export function openFiles(path: string): OpenFiles {
  const known = SUFFIXES.map((suffix) => ({ file: path + suffix, identity: identityOf(path + suffix) }))
  return {
    check() {
      for (const one of known) {
        const now = identityOf(one.file)
        if (now === one.identity) continue
        // Made with the first use, and then kept until the last connection is closed.
        if (one.identity === undefined) one.identity = now
        else throw new Refusal('moved', `${basename(one.file)} ${now === undefined ? 'is gone' : 'is another file'}`)
      }
    },
  }
}

function identityOf(file: string): string | undefined {
  const stats: BigIntStats | undefined = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`
}
