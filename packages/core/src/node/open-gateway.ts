import { SpekaError } from '../errors.ts'
import type { Gateway } from '../gateway.ts'
import { createGateway } from './create-gateway.ts'

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

/** Gateways in front of servers, by address and key. Sockets are worth keeping, and some programs make a front per request. */
const opened = new Map<string, Gateway>()
const MOST_OPENED = 100

/**
 * The gateway of a connection: the one given, or one in front of a server, the same each time.
 *
 * @throws SpekaError `invalid_api_key` when there is neither a gateway nor a key; RangeError for a header that Speka sets.
 */
export function openGateway({ gateway, apiKey, baseURL, headers }: GatewayConnection): Gateway {
  if (gateway !== undefined) return gateway
  const key = apiKey ?? process.env['SPEKA_API_KEY'] ?? ''
  if (key === '') {
    throw new SpekaError('invalid_api_key', 'There is no key. Set SPEKA_API_KEY, or give an apiKey, or a gateway.')
  }
  const address = baseURL ?? process.env['SPEKA_BASE_URL']
  const name = JSON.stringify([address, key, headers])
  const known = opened.get(name)
  if (known !== undefined) return known
  const made = createGateway({ apiKey: key, baseURL: address, headers })
  const [oldest] = opened.keys()
  if (opened.size >= MOST_OPENED && oldest !== undefined) opened.delete(oldest)
  opened.set(name, made)
  return made
}
