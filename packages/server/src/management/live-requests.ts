import { SpekaError } from '@speka/core'
import type { AdminExchange } from '../http/exchange.ts'
import { listRequests, type RequestLine } from '../operations/list-requests.ts'
import type { AdminParts } from './management-route.ts'
import { readInput } from './read-input.ts'
import { eventText, showEvents } from './show-events.ts'

export const LIVE_PATH = '/api/v1/requests/live'

/** What the list takes and this does not. */
export const meaningless: readonly string[] = ['since', 'until', 'after', 'first', 'limit']

/** How far back a request may have arrived that ends only now, in ms. */
const LOOK_BACK_MS = 600_000
/** How many are looked at, those that arrived last: one that ends when so many have come after it is not shown. */
const MOST = 1000

/**
 * `GET /api/v1/requests/live`: requests as they are put on record, as server-sent events, for somebody to look on. It takes
 * the filters of the list. What matters is in the list: some may be missed when very many come. It ends with
 * the token that asked for it.
 */
export const showLiveRequests =
  ({ operations, streams }: AdminParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const filter = await readInput(LIVE_PATH, exchange)
    for (const field of meaningless)
      if (field in filter)
        throw new SpekaError('invalid_value', `${field} has no meaning here: what comes now is shown.`, {
          param: field,
        })
    const look = async (): Promise<readonly RequestLine[]> => {
      const since = new Date(operations.now() - LOOK_BACK_MS).toISOString()
      return (await listRequests(operations, exchange.actor, { ...filter, since, limit: MOST })).data
    }
    await showEvents(exchange, streams, async () => {
      let seen = new Set((await look()).map((line) => line.id))
      return async () => {
        const lines = await look()
        const fresh = lines.filter((line) => !seen.has(line.id)).toReversed()
        seen = new Set(lines.map((line) => line.id))
        return fresh.map((line) => eventText('request', line, line.id)).join('')
      }
    })
  }
