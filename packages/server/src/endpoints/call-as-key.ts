import type { SpekaError } from '@speka/core'
import { toSpekaError } from '@speka/core/internal'
import type { Exchange, Visit } from '../http/exchange.ts'
import type { InFlight } from '../http/in-flight.ts'
import type { Router } from '../http/router.ts'
import type { KeyDirectory } from '../keys/key-directory.ts'

/** What is under way for somebody, and can be ended before its end. */
export interface UnderWay {
  /** What writes the answer; `undefined`: nothing does, or it was refused. */
  readonly answer: { endWith(error: SpekaError): void } | undefined
}

/**
 * Answers a request as the gateway answers the same at a path of `/v1` to whoever has a key: by the same engine, within the same
 * limits, with the same record. It is for who may use the key without showing it, which is to be found out before.
 *
 * @param path as in `/v1/chat/completions`
 * @param keyId of a key of the registry.
 * @returns once the answer has begun to be made, or was refused.
 */
export type CallAsKey = (visit: Visit, path: string, keyId: string) => Promise<UnderWay>

interface CallsAsKeyParts {
  /** Of the gateway's own listener. */
  readonly router: Router<'public' | 'key'>
  readonly keys: Pick<KeyDirectory, 'letInById'>
  readonly inFlight: InFlight
  /** Tells what went wrong, as to a caller of `/v1`. */
  readonly refuse: (visit: Exchange, error: SpekaError) => void
}

const noQuery = new URLSearchParams()

/** What is under way by it counts among the gateway's own, whichever listener it came by: a stop waits for it, and it ends with its key. */
export const callsAsKey =
  ({ router, keys, inFlight, refuse }: CallsAsKeyParts): CallAsKey =>
  async (visit, path, keyId) => {
    const open = visit.open ?? inFlight.add(visit.response, visit.id)
    const exchange = { ...visit, open, path, query: noQuery }
    try {
      const route = router.find('POST', path)
      if (route.access !== 'key') throw new TypeError(`POST ${path} is not called with a key`)
      const key = await keys.letInById(keyId)
      open.key = key
      await route.handle({ ...exchange, key })
    } catch (thrown) {
      refuse(exchange, toSpekaError(thrown))
    }
    return open
  }
