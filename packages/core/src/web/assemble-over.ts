import type { GatewayConfig } from '../config.ts'
import type { Settle } from '../front/iterate.ts'
import { withOwnHeaders } from '../front/own-headers.ts'
import { assembleGateway, type Gateway } from '../gateway.ts'
import type { Layers } from '../layers/compose-layers.ts'
import type { GatewayLimit } from '../limits/gateway-limit.ts'
import type { Transport } from '../transport.ts'
import type { ModelId } from '../wire/model-id.ts'
import { realClock } from './real-clock.ts'
import { variables } from './variables.ts'

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
  /**
   * Seals the ids of responses that providers keep, so that `previous_response_id` goes on with them: at least 32 characters that nobody
   * can guess. Keep it, since with another no earlier id can be opened. Default: nothing can be gone on with.
   */
  readonly idSecret?: string | undefined
}

export type CreateGatewayOptions = (RemoteGatewayOptions | LocalGatewayOptions) & {
  /** Called once for each request, however it ended, before the answer's end is handed over. */
  readonly onUsage?: Settle | undefined
  /** What stands around the engine: layers of your own, or by their places. Default: nothing. */
  readonly layers?: Layers | undefined
  /** What may be used and how fast, in money and in rate, kept in memory. Default: no limit. */
  readonly limits?: readonly GatewayLimit[] | undefined
}

const DEFAULT_BASE_URL = 'https://speka.me/v1'

/**
 * Makes a gateway over a transport, with the machine's own time and chance.
 *
 * @throws RangeError when the configuration or a limit contradicts itself, for a secret that is too short, and for a header that the gateway sets itself.
 */
export function assembleOver(
  transportFor: (config: GatewayConfig) => Transport,
  options: CreateGatewayOptions,
): Gateway {
  const config = 'config' in options ? options.config : remoteConfig(options)
  const direct = transportFor(config)
  const own = 'config' in options ? undefined : options.headers
  const transport = own === undefined ? direct : withOwnHeaders(direct, own)
  return assembleGateway({
    config,
    transport,
    clock: realClock,
    random: Math.random,
    onUsage: options.onUsage,
    layers: options.layers,
    limits: options.limits,
    idSecret: 'config' in options ? options.idSecret : undefined,
    // The key of a server is the caller's own: what is wrong with it is the caller's to know.
    relaysErrors: !('config' in options),
  })
}

function remoteConfig({ apiKey, baseURL, models = [], fallbacks = {} }: RemoteGatewayOptions): GatewayConfig {
  const name = 'speka'
  const { SPEKA_BASE_URL, SPEKA_API_KEY } = variables()
  return {
    providers: {
      [name]: {
        type: 'speka',
        base_url: baseURL ?? SPEKA_BASE_URL ?? DEFAULT_BASE_URL,
        api_key: apiKey ?? SPEKA_API_KEY,
      },
    },
    // The sandbox too is the far gateway's: what it answers is recorded there.
    models: { '*': { targets: [{ provider: name }] }, 'speka/sandbox': { targets: [{ provider: name }] } },
    routing: { fallbacks: { ...(models.length > 0 && { '*': models }), ...fallbacks } },
  }
}
