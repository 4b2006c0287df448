import { assembleOver, type CreateGatewayOptions } from '../web/assemble-over.ts'
import type { Gateway } from '../gateway.ts'
import { withIdentities } from './identity/with-identities.ts'
import { createUndiciTransport } from './undici-transport.ts'

/**
 * Makes a gateway over real sockets and timers: in front of a Speka server when given a key, or routing to providers in
 * this process when given a `config`.
 *
 * @throws RangeError when the configuration contradicts itself, and for a header that the gateway sets itself.
 * @example
 * const speka = createGateway({ config: { providers: { nvidia: { type: 'nvidia', api_key } } } })
 * const answer = await speka.chat({ model: 'meta/llama-3.3-70b-instruct', messages })
 */
export const createGateway = (options: CreateGatewayOptions = {}): Gateway =>
  assembleOver(
    ({ timeouts }) =>
      withIdentities(
        createUndiciTransport({
          connectMs: timeouts?.connect_ms,
          useProxyVariables: hasProxyVariables(process.env),
        }),
        process.env,
      ),
    options,
  )

/** Whether the environment asks for a proxy. */
export const hasProxyVariables = (environment: NodeJS.ProcessEnv): boolean =>
  ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => (environment[name] ?? '') !== '')
