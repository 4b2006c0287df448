import { readFile } from 'node:fs/promises'
import type { Clock } from '../../clock.ts'
import type { CloudIdentity } from '../../cloud-identity.ts'
import type { Transport } from '../../transport.ts'
import { realClock } from '../../web/real-clock.ts'
import { askOver } from './ask-over.ts'
import { authorizerOf, type Authorizer } from './authorizer.ts'
import type { IdentityWorld } from './identity-world.ts'
import { SentLater } from './sent-later.ts'
import { sendShowing } from './send-showing.ts'

/**
 * A transport that shows identities of clouds as those want it; upstreams with a key, or with nothing, go past it. What it shows is
 * kept for as long as it is good, whatever configuration comes and goes, and never leaves but in a header.
 *
 * @param variables the environment: where no setting says who a gateway is, it does.
 */
export function withIdentities<Own extends Transport>(
  transport: Own,
  variables: IdentityWorld['variables'],
  clock: Clock = realClock,
): Own {
  const world: IdentityWorld = {
    ask: askOver(transport, clock),
    clock,
    variables,
    readFile: (path) => readFile(path, 'utf8'),
  }
  const known = new WeakMap<CloudIdentity, Authorizer>()
  /** By what they say: a reload makes each identity anew. */
  const alike = new Map<string, Authorizer>()
  const authorizer = (identity: CloudIdentity): Authorizer => {
    const found = known.get(identity)
    if (found !== undefined) return found
    const name = JSON.stringify(identity)
    const made = alike.get(name) ?? authorizerOf(identity, world)
    alike.set(name, made)
    known.set(identity, made)
    return made
  }
  return {
    ...transport,
    send(to, request, sink) {
      if (to.identity === undefined) return transport.send(to, request, sink)
      const asked = authorizer(to.identity)
      const headers = asked.authorize(to, request)
      if (!(headers instanceof Promise)) return sendShowing(headers, asked, transport, to, request, sink)
      return new SentLater(sink, headers, (shown) => sendShowing(shown, asked, transport, to, request, sink))
    },
  }
}
