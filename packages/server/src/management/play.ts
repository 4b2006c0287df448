import { SpekaError } from '@speka/core'
import { actorName, type Actor } from '../actor.ts'
import type { UnderWay } from '../endpoints/call-as-key.ts'
import type { AdminExchange } from '../http/exchange.ts'
import { inputOf } from '../operations/operation.ts'
import { keyToPlayWith, type KeyChoice } from '../operations/playground-key.ts'
import type { AdminParts } from './management-route.ts'
import { playgroundInput } from './playground-rows.ts'

/** How often it is looked whether whoever has asked is still in, in ms. */
const LOOK_MS = 1000

/**
 * Answers a request of who is signed in as `/v1` answers it to a key of his account: what the query says chooses the key, the
 * body is the request. From there on all is as at `/v1`, errors too.
 *
 * @param path of `/v1`.
 * @param makes whether a key is made for who has not chosen one.
 */
export const play =
  (path: string, makes: boolean) =>
  ({ operations, callAsKey }: AdminParts) => {
    /** Several columns of one page ask at once: one key is enough for all. */
    const choosing = new Map<string, Promise<string>>()

    const choose = (actor: Actor, choice: Omit<KeyChoice, 'makes'>): Promise<string> => {
      const who = JSON.stringify([actorName(actor), choice])
      const underWay = choosing.get(who)
      if (underWay !== undefined) return underWay
      const chosen = keyToPlayWith(operations, actor, { ...choice, makes }).finally(() => choosing.delete(who))
      choosing.set(who, chosen)
      return chosen
    }

    return async (exchange: AdminExchange): Promise<void> => {
      const { key_id: keyId, account } = inputOf(playgroundInput, saidIn(exchange.query))
      const key = await choose(exchange.actor, { keyId, account })
      if (callAsKey === undefined) throw notHere()
      endWithWhoAsked(exchange, await callAsKey(exchange, path, key))
    }
  }

const notHere = (): SpekaError => new SpekaError('unknown_url', 'No model is asked here: this process has no engine.')

function saidIn(query: URLSearchParams): Record<string, string> {
  for (const name of query.keys())
    if (query.getAll(name).length > 1)
      throw new SpekaError('duplicate_parameter', `${name} is said twice: leave one out.`, { param: name })
  return Object.fromEntries(query)
}

/** An answer that takes long ends with the session, or the token, of whoever asked for it. */
function endWithWhoAsked({ response, isStillIn }: AdminExchange, { answer }: UnderWay): void {
  if (answer === undefined || response.writableEnded) return
  const look = async (): Promise<void> => {
    if (await isStillIn()) return
    answer.endWith(new SpekaError('invalid_api_key', 'You are signed out, or the gateway is stopping. Sign in again.'))
  }
  const timer = setInterval(() => void look().catch(() => {}), LOOK_MS).unref()
  response.once('close', () => clearInterval(timer))
}
