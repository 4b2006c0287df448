import type { GatewayConfig } from '../config.ts'
import type { Settle } from '../front/iterate.ts'
import { withOwnHeaders } from '../front/own-headers.ts'
import { assembleGateway, type Gateway } from '../gateway.ts'
import type { ModelId } from '../wire/model-id.ts'
import { realClock } from './real-clock.ts'
import { createUndiciTransport } from './undici-transport.ts'

/** Through a Speka gateway: routing and fallback happen there. */
export interface RemoteGatewayOptions {
  /** Default: the environment variable `SPEKA_API_KEY`. */
  readonly apiKey?: string | undefined
  /** Default: the environment variable `SPEKA_BASE_URL`, else `https://speka.me/v1`. */
  readonly baseURL?: string | undefined
  /** Headers to send to the server with every call, such as those that a proxy in front of it asks for. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Models to fall back to, in order, for every call that names none itself. */
  readonly models?: readonly ModelId[] | undefined
  /** Models to fall back to, by the model asked for. */
  readonly fallbacks?: Readonly<Record<string, readonly ModelId[]>> | undefined
}

/** In this process: calls go to the providers themselves. */
export interface LocalGatewayOptions {
  readonly config: GatewayConfig
}

export type CreateGatewayOptions = (RemoteGatewayOptions | LocalGatewayOptions) & {
  /** Called once for each request, however it ended, before the answer's end is handed over. */
  readonly onUsage?: Settle | undefined
}

const DEFAULT_BASE_URL = 'https://speka.me/v1'

/**
 * Makes a gateway over real sockets and timers: in front of a Speka server when given a key, or routing to providers in
 * this process when given a `config`.
 *
 * @throws RangeError when the configuration contradicts itself, and for a header that the gateway sets itself.
 * @example
 * const speka = createGateway({ config: { providers: { nvidia: { type: 'nvidia', api_key } } } })
 * const answer = await speka.chat({ model: 'meta/llama-3.3-70b-instruct', messages })
 */
export function createGateway(options: CreateGatewayOptions = {}): Gateway {
  const config = 'config' in options ? options.config : remoteConfig(options)
  const direct = createUndiciTransport({
    connectMs: config.timeouts?.connect_ms,
    useProxyVariables: hasProxyVariables(process.env),
  })
  const own = 'config' in options ? undefined : options.headers
  const transport = own === undefined ? direct : withOwnHeaders(direct, own)
  return assembleGateway({
    config,
    transport,
    clock: realClock,
    random: Math.random,
    onUsage: options.onUsage,
    // The key of a server is the caller's own: what is wrong with it is the caller's to know.
    relaysErrors: !('config' in options),
  })
}

/** Whether the environment asks for a proxy. */
export const hasProxyVariables = (environment: NodeJS.ProcessEnv): boolean =>
  ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => (environment[name] ?? '') !== '')

function remoteConfig({ apiKey, baseURL, models = [], fallbacks = {} }: RemoteGatewayOptions): GatewayConfig {
  const name = 'speka'
  return {
    providers: {
      [name]: {
        type: 'speka',
        base_url: baseURL ?? process.env['SPEKA_BASE_URL'] ?? DEFAULT_BASE_URL,
        api_key: apiKey ?? process.env['SPEKA_API_KEY'],
      },
    },
    // The sandbox too is the far gateway's: what it answers is recorded there.
    models: { '*': { targets: [{ provider: name }] }, 'speka/sandbox': { targets: [{ provider: name }] } },
    routing: { fallbacks: { ...(models.length > 0 && { '*': models }), ...fallbacks } },
  }
}
