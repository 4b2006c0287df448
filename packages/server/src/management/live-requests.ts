import { SpekaError } from '@speka/core'
import { actorName } from '../actor.ts'
import type { AdminExchange } from '../http/exchange.ts'
import { listRequests, type RequestLine } from '../operations/list-requests.ts'
import type { AdminParts } from './management-route.ts'
import { readInput } from './read-input.ts'

export const LIVE_PATH = '/api/v1/requests/live'

/** What the list takes and this does not. */
export const meaningless: readonly string[] = ['since', 'until', 'after', 'first', 'limit']

/** How often to look, and how far back a request may have arrived that ends only now; in ms. */
const LOOK_MS = 500
const LOOK_BACK_MS = 600_000
/** How many are looked at, those that arrived last: one that ends when so many have come after it is not shown. */
const MOST = 1000
/** Proxies and clients give up on a stream that says nothing, in ms. */
const SILENCE_MS = 15_000
/** How many of these one token may have open: the listener has room for others too. */
const MOST_OPEN = 10

/**
 * `GET /api/v1/requests/live`: requests as they are put on record, as server-sent events, for somebody to look on. It takes
 * the filters of the list. What matters is in the list: some may be missed when very many come. It ends with
 * the token that asked for it.
 */
export const showLiveRequests = ({ operations }: AdminParts) => {
  const watching = new Map<string, number>()
  const count = (name: string, by: 1 | -1): void => void watching.set(name, (watching.get(name) ?? 0) + by)
  return async (exchange: AdminExchange): Promise<void> => {
    const { id, request, response, actor, isStillIn } = exchange
    const filter = await readInput(LIVE_PATH, exchange)
    for (const field of meaningless)
      if (field in filter)
        throw new SpekaError('invalid_value', `${field} has no meaning here: what comes now is shown.`, {
          param: field,
        })
    const look = async (): Promise<readonly RequestLine[]> => {
      const since = new Date(operations.now() - LOOK_BACK_MS).toISOString()
      return (await listRequests(operations, actor, { ...filter, since, limit: MOST })).data
    }
    const who = actorName(actor)
    if ((watching.get(who) ?? 0) >= MOST_OPEN)
      throw new SpekaError('rate_limit_exceeded', `${MOST_OPEN} of these are open already. Close one.`)
    if (response.destroyed) return
    count(who, 1)
    response.once('close', () => count(who, -1))
    let seen = new Set((await look()).map((line) => line.id))
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-request-id': id })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    response.flushHeaders()
    let saidAt = performance.now()
    const tell = (lines: readonly RequestLine[]): void => {
      const fresh = lines.filter((line) => !seen.has(line.id)).toReversed()
      seen = new Set(lines.map((line) => line.id))
      const said = fresh.map((line) => `event: request\nid: ${line.id}\ndata: ${JSON.stringify(line)}\n\n`)
      if (fresh.length === 0 && performance.now() - saidAt >= SILENCE_MS) said.push(': speka\n\n')
      if (said.length === 0) return
      saidAt = performance.now()
      response.write(said.join(''))
    }
    const next = async (): Promise<void> => {
      if (!(await isStillIn())) return void response.end()
      // Whoever does not read is not written to.
      if (!response.writableNeedDrain) tell(await look())
      again()
    }
    const again = (): void => {
      if (!response.destroyed) setTimeout(() => void next().catch(() => response.end()), LOOK_MS).unref()
    }
    again()
  }
}
