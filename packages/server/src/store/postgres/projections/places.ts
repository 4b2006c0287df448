import type { Folding } from '../../store.ts'
import { statement, type Session } from '../session.ts'

/** How far the rows of an owner are in the sums. */
export interface Place {
  readonly owner: number
  readonly n: number
  /** The number of its last row. */
  readonly lastN: number
  readonly isEnded: boolean
}

type ReadSession = Pick<Session, 'run'>

const BEHIND = statement(`
  SELECT owner.id, owner.last_n, owner.state, coalesce(place.n, 0) AS n
  FROM owner LEFT JOIN place ON place.owner = owner.id
  WHERE owner.last_n > coalesce(place.n, 0) ORDER BY owner.id`)
const LOOK = statement(`
  SELECT (SELECT coalesce(sum(n), 0) FROM place) AS folded, (SELECT coalesce(sum(last_n), 0) FROM owner) AS total`)
const GENERATION = statement('SELECT generation FROM projection')

/** The owners that have rows which are not in the sums. */
export async function behindPlaces(session: ReadSession): Promise<Place[]> {
  const { rows } = await session.run(BEHIND)
  return rows.map((row) => ({
    owner: Number(row['id']),
    n: Number(row['n']),
    lastN: Number(row['last_n']),
    isEnded: row['state'] !== 'alive',
  }))
}

/** How many of all rows are in the sums. */
export async function lookAtFolding(session: ReadSession): Promise<Folding> {
  const { rows } = await session.run(LOOK)
  return { folded: Number(rows[0]?.['folded']), total: Number(rows[0]?.['total']) }
}

/** It grows whenever everything is taken out of the sums. */
export const generationOf = async (session: ReadSession): Promise<number> =>
  Number((await session.run(GENERATION)).rows[0]?.['generation'])
