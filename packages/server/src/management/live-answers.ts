import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { AdminExchange } from '../http/exchange.ts'
import { word } from '../operations/fields.ts'
import { inputOf, type OperationParts } from '../operations/operation.ts'
import { changesBetween } from './changes-between.ts'
import type { AdminParts, ManagementRow } from './management-route.ts'
import { asPage } from './page.ts'
import { readInput } from './read-input.ts'
import { managementRows } from './routes.ts'
import { eventText, showEvents } from './show-events.ts'

export const LIVE_ANSWERS_PATH = '/api/v1/live'

export const liveInput = z.strictObject({
  /** Which answer: the path and the query of a `GET` that can be had live, such as `/api/v1/overview?last=24h`. */
  of: word.max(2000, { error: 'must have at most 2000 characters' }),
})

/** How long after one look the next may be, in ms. */
const AT_MOST_EVERY_MS = 1000
/** How old an answer gets though nothing was put on record: breakers close and windows begin anew by the clock, in ms. */
const OLDEST_MS = 10_000

/**
 * `GET /api/v1/live?of=…`: the answer to another request of this API, and what changes in it from then on, as server-sent
 * events. Who may not ask that may not watch it. It ends with the session or the token that asked for it.
 */
export const showLiveAnswers =
  ({ operations, streams, turns }: AdminParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const { of } = inputOf(liveInput, await readInput(LIVE_ANSWERS_PATH, exchange))
    const { row, input } = liveRow(of)
    const ask = (): Promise<unknown> => asPage(row.operation, input, operations, exchange.actor)
    await showEvents(exchange, streams, async () => {
      let known = await ask()
      let news = eventText('answer', known)
      let mark = await markOf(operations)
      let lookedAt = performance.now()
      let isLooking = false
      let failure: unknown

      async function lookAgain(): Promise<void> {
        if (exchange.response.destroyed) return
        const current = await ask()
        const changes = changesBetween(known, current)
        known = current
        lookedAt = performance.now()
        if (changes.length > 0) news = news === '' ? eventText('change', changes) : eventText('answer', current)
      }

      return async () => {
        if (failure !== undefined) throw failure
        const said = news
        news = ''
        const age = performance.now() - lookedAt
        if (isLooking || age < AT_MOST_EVERY_MS) return said
        const now = await markOf(operations)
        if (now === mark && age < OLDEST_MS) return said
        mark = now
        isLooking = true
        // Not waited for: whether somebody may still look on is found out meanwhile.
        void turns
          .take(lookAgain)
          .catch((error: unknown) => (failure = error))
          .finally(() => (isLooking = false))
        return said
      }
    })
  }

/** What is another once something was managed, or a request was put on record. */
async function markOf({ store }: OperationParts): Promise<string> {
  const [version, { total }] = await Promise.all([store.registry.version(), store.ledger.folding()])
  return `${version} ${total}`
}

/** The row that answers a path, and what the path's query says. */
function liveRow(of: string): { readonly row: ManagementRow; readonly input: Readonly<Record<string, unknown>> } {
  const [path = '', ...rest] = of.split('?')
  const rows = managementRows.filter(({ method, isLive }) => method === 'GET' && isLive === true)
  const row = rows.find((one) => one.path === path)
  if (row === undefined) throw refused(`must be one of ${rows.map((one) => one.path).join(', ')}, and its query.`)
  const query = [...new URLSearchParams(rest.join('?'))]
  const names = query.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw refused(`says ${twice} twice: leave one out.`)
  return { row, input: Object.fromEntries(query) }
}

const refused = (why: string): SpekaError => new SpekaError('invalid_value', `of ${why}`, { param: 'of' })
