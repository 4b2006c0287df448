import type { DatabaseSync } from 'node:sqlite'
import { REQUEST_INDEXES } from './tables.ts'

/** The indexes over requests, which are taken away while many rows come in. */
export interface RequestIndexes {
  /** The names of those that are not there. */
  missing(): string[]
  drop(): void
  /** Makes one that is missing. @returns whether all are there now. */
  makeNext(): boolean
}

export function requestIndexes(db: DatabaseSync): RequestIndexes {
  const names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'request_index'")

  function missing(): string[] {
    const there = new Set(names.all().map(({ name }) => String(name)))
    return REQUEST_INDEXES.filter(({ name }) => !there.has(name)).map(({ name }) => name)
  }

  return {
    missing,
    drop: () => REQUEST_INDEXES.forEach(({ name }) => db.exec(`DROP INDEX IF EXISTS ${name}`)),
    makeNext() {
      const [next, ...others] = missing()
      if (next === undefined) return true
      db.exec(REQUEST_INDEXES.find(({ name }) => name === next)?.sql ?? '')
      return others.length === 0
    },
  }
}
