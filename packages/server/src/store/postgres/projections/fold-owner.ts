import { readToAdd } from '../../projections/read-to-add.ts'
import type { Database } from '../database.ts'
import { failureOf } from '../postgres-failure.ts'
import { rowsBehind } from '../read-rows.ts'
import { statement } from '../session.ts'
import { RowFolder } from './folded-rows.ts'
import type { FoldedWriter } from './write-folded.ts'

/** Rows of one step: some tenth of a second, which is what whoever else wants to fold the same waits. */
const ROWS_OF_A_STEP = 5000

const MAKE = statement('INSERT INTO place (owner) VALUES ($1) ON CONFLICT DO NOTHING')
const TAKE = statement('SELECT n FROM place WHERE owner = $1 FOR UPDATE SKIP LOCKED')
const NOTE = statement('UPDATE place SET n = $2, is_merged = false WHERE owner = $1')

/**
 * Folds the next rows of an owner. The sums and the place up to which they reach are written together or not at all, and whoever has the place
 * is alone: so each row is in the sums once.
 *
 * @returns how many; `undefined` when somebody else is at it.
 */
export type FoldOwner = (owner: number) => Promise<number | undefined>

export function ownerFolder(database: Database, writer: FoldedWriter): FoldOwner {
  /** Those whose place is known to be there. */
  const made = new Set<number>()

  async function fold(owner: number): Promise<number | undefined> {
    if (!made.has(owner)) await database.run(MAKE, [owner])
    made.add(owner)
    return database.transact(async (session) => {
      const [place] = (await session.run(TAKE, [owner])).rows
      if (place === undefined) return undefined
      const rows = await rowsBehind(session, owner, Number(place['n']), ROWS_OF_A_STEP)
      const last = rows.at(-1)
      if (last === undefined) return 0
      const folder = new RowFolder()
      for (const row of rows) folder.add({ ...row, record: readToAdd(row.record) })
      await writer.write(session, owner, folder.folded())
      await session.run(NOTE, [owner, last.n])
      return rows.length
    })
  }

  return async (owner) => {
    try {
      return await fold(owner)
    } catch (error) {
      // Somebody takes all sums out at this moment, and has all places.
      if (failureOf(error).kind === 'locked') return undefined
      throw error
    }
  }
}
