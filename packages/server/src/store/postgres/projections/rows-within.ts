import type { StoredRow } from '../../usage-record-table.ts'
import { readRow } from '../../read-row.ts'
import { unreadRow } from '../read-rows.ts'
import { statement, type Session } from '../session.ts'

/** Rows in memory at once. */
const ROWS_OF_A_PAGE = 1000

const ROW = 'row.owner, row.n, row.id, row.created_at, row.account, row.key_id, row.charge_pico, row.record'

const WITHIN = statement(`
  SELECT ${ROW} FROM (
    SELECT time, owner, n FROM request_index
    WHERE time >= $1 AND time < $2 AND (time, owner, n) > ($3, $4, $5) ORDER BY time, owner, n LIMIT $6
  ) AS place JOIN usage_record AS row USING (owner, n) ORDER BY place.time, place.owner, place.n`)

/** The rows that arrived within a span of time, page by page. A row that somebody has removed by hand is in none. */
export async function* rowsWithin(
  session: Pick<Session, 'run'>,
  from: number,
  until: number,
): AsyncGenerator<StoredRow[]> {
  const [since, to] = [
    Math.max(Math.ceil(from), Number.MIN_SAFE_INTEGER),
    Math.min(Math.ceil(until), Number.MAX_SAFE_INTEGER),
  ]
  let after = [since, -1, -1]
  for (;;) {
    const { rows } = await session.run(WITHIN, [since, to, ...after, ROWS_OF_A_PAGE])
    const page = rows.map((row) => readRow(unreadRow(row)))
    yield page
    const last = page.at(-1)
    if (last === undefined) return
    after = [last.createdAt, last.owner, last.n]
  }
}
