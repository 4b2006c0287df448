import { SpekaError } from '../errors.ts'
import type { Gateway } from '../gateway.ts'
import type { RemoteGatewayOptions } from './assemble-over.ts'
import { variables } from './variables.ts'

/** Where a front sends its calls: to an engine in this process, or to a Speka server. */
export interface GatewayConnection {
  /** An engine of this process, made with `createGateway`. Default: a server is called. */
  gateway?: Gateway | undefined
  /** A virtual key of the server. Default: the environment variable `SPEKA_API_KEY`. */
  apiKey?: string | undefined
  /** The server's address, ending in `/v1`. Default: the environment variable `SPEKA_BASE_URL`, else `https://speka.me/v1`. */
  baseURL?: string | undefined
  /** Headers to send to the server with every call, such as those that a proxy in front of it asks for. */
  headers?: Readonly<Record<string, string>> | undefined
}

const MOST_OPENED = 100

/** Opens gateways in front of servers, one for each address and key. Sockets are worth keeping, and some programs make a front per request. */
export function gatewayOpener(
  create: (options: RemoteGatewayOptions) => Gateway,
): (connection: GatewayConnection) => Gateway {
  const opened = new Map<string, Gateway>()
  return ({ gateway, apiKey, baseURL, headers }) => {
    if (gateway !== undefined) return gateway
    const { SPEKA_API_KEY = '', SPEKA_BASE_URL } = variables()
    const key = apiKey ?? SPEKA_API_KEY
    if (key === '') {
      throw new SpekaError('invalid_api_key', 'There is no key. Set SPEKA_API_KEY, or give an apiKey, or a gateway.')
    }
    const address = baseURL ?? SPEKA_BASE_URL
    const name = JSON.stringify([address, key, headers])
    const known = opened.get(name)
    if (known !== undefined) return known
    const made = create({ apiKey: key, baseURL: address, headers })
    const [oldest] = opened.keys()
    if (opened.size >= MOST_OPENED && oldest !== undefined) opened.delete(oldest)
    opened.set(name, made)
    return made
  }
}
