import type { Database } from '../database.ts'
import { statement, type Session } from '../session.ts'
import { listed, onConflict, sumTables, type SumTable } from './sum-tables.ts'

/** Whose sums those of ended owners become. */
const NOBODY = 0

const ENDED = statement(`
  SELECT place.owner FROM place JOIN owner ON owner.id = place.owner
  WHERE NOT place.is_merged AND owner.state = 'ended' AND place.n = owner.last_n ORDER BY place.owner`)
const TAKE_NOBODY = statement(`SELECT FROM place WHERE owner = ${NOBODY} FOR UPDATE SKIP LOCKED`)
const TAKE = statement('SELECT FROM place WHERE owner = $1 AND NOT is_merged FOR UPDATE SKIP LOCKED')
const NOTE = statement('UPDATE place SET is_merged = true WHERE owner = $1')

const MERGE = sumTables.map((table) => statement(merge(table)))

/**
 * Brings the sums of owners that have ended together, so that the tables do not grow with every restart. Whoever comes while another is at it
 * leaves it to him.
 */
export async function mergeEnded(database: Database): Promise<void> {
  const { rows } = await database.run(ENDED)
  for (const row of rows) await database.transact((session) => mergeOne(session, Number(row['owner'])))
}

async function mergeOne(session: Session, owner: number): Promise<void> {
  if ((await session.run(TAKE_NOBODY)).count === 0) return
  if ((await session.run(TAKE, [owner])).count === 0) return
  for (const each of MERGE) await session.run(each, [owner])
  await session.run(NOTE, [owner])
}

function merge({ name, key, sums }: SumTable): string {
  const columns = listed([...key, ...sums])
  return `
    WITH gone AS (DELETE FROM ${name} WHERE owner = $1 RETURNING ${columns})
    INSERT INTO ${name} (owner, ${columns}) SELECT ${NOBODY}, ${columns} FROM gone
    ${onConflict({ name, key, sums })}`
}
