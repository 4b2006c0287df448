import type { DatabaseSync } from 'node:sqlite'

/** Has changes of a file made all or none. */
export const atOnceIn =
  (db: DatabaseSync) =>
  <Result>(work: () => Result): Result => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
