import type { ResponseStore } from '../responses.ts'
import type { StateParts } from './registry.ts'
import { statement } from './session.ts'

const KEEP = statement(`
  INSERT INTO response (id, account, until, sealed) VALUES ($1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE SET account = excluded.account, until = excluded.until, sealed = excluded.sealed`)
const FIND = statement('SELECT sealed FROM response WHERE id = $1 AND account = $2 AND until > $3')
const DELETE = statement('DELETE FROM response WHERE id = $1 AND account = $2')
/** None that another replica deletes at this moment. */
const DELETE_ENDED = statement(`
  DELETE FROM response WHERE id IN (
    SELECT id FROM response WHERE until <= $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)`)

/** Responses, which all replicas share. One is there for all of them once it counts as kept. */
export const postgresResponses = ({ database, ask }: StateParts): ResponseStore => ({
  keep: ({ id, account, until, sealed }) =>
    ask(async () => {
      await database.run(KEEP, [id, account, until, sealed])
    }),
  find: (id, account, now) =>
    ask(async () => {
      const [row] = (await database.run(FIND, [id, account, now])).rows
      const sealed = row?.['sealed']
      return sealed instanceof Uint8Array ? sealed : undefined
    }),
  delete: (id, account) => ask(async () => (await database.run(DELETE, [id, account])).count > 0),
  deleteEnded: (now, most) => ask(async () => (await database.run(DELETE_ENDED, [now, most])).count),
})
