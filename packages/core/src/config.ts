import type { ProviderType } from './providers/known-providers.ts'
import type { Endpoint } from './wire/endpoint.ts'
import type { ModelId } from './wire/model-id.ts'

/** The configuration that embedding code and `speka.yaml` share, name for name. */
export interface GatewayConfig {
  /** The upstreams, by a name of your own. */
  readonly providers?: Readonly<Record<string, ProviderConfig>> | undefined
  /** Models by id, beside or in place of the shipped ones. An id with `*` passes the asked-for id through. */
  readonly models?: Readonly<Record<string, ModelConfig>> | undefined
  /** Other names for models. */
  readonly aliases?: Readonly<Record<string, ModelId>> | undefined
  readonly routing?: RoutingConfig | undefined
  readonly timeouts?: TimeoutConfig | undefined
}

export interface ProviderConfig {
  readonly type: ProviderType
  /** Default: the provider's public address, where it has one. */
  readonly base_url?: string | undefined
  readonly api_key?: string | undefined
}

export interface ModelConfig {
  /** Who serves it, in the order to try. Default for a shipped model: its usual providers. */
  readonly targets?: readonly TargetConfig[] | undefined
  /** What customers are charged. Default for a shipped model: the shipped price; else unknown. */
  readonly price?: PriceConfig | undefined
  /** In tokens. */
  readonly context_window?: number | undefined
  /** What it can be asked for. Default: what is known of a shipped model; of another, whatever its targets offer. */
  readonly endpoints?: readonly Endpoint[] | undefined
}

export interface TargetConfig {
  /** A name from `providers`. */
  readonly provider: string
  /** What that provider calls the model. Default: the id that was asked for. */
  readonly model?: string | undefined
  /** What the provider charges you. */
  readonly cost?: PriceConfig | undefined
}

/** Decimal strings in US dollars: per 1M tokens, `image` each. */
export interface PriceConfig {
  readonly input?: string | undefined
  readonly cached_input?: string | undefined
  readonly output?: string | undefined
  readonly image?: string | undefined
}

export interface RoutingConfig {
  /** @default 'ordered' */
  readonly strategy?: 'ordered' | undefined
  /** Models to try after one has failed, by the model asked for; `*` is any other. */
  readonly fallbacks?: Readonly<Record<string, readonly ModelId[]>> | undefined
  /** Models to try instead when the prompt is too long. */
  readonly context_window_fallbacks?: Readonly<Record<string, readonly ModelId[]>> | undefined
  /** Models to try instead when the content was declined. */
  readonly content_policy_fallbacks?: Readonly<Record<string, readonly ModelId[]>> | undefined
  /**
   * Upstream calls for one request, fallbacks and retries together.
   * @default 4
   */
  readonly max_attempts?: number | undefined
}

/** All in ms. */
export interface TimeoutConfig {
  /** @default 3000 */
  readonly connect_ms?: number | undefined
  /**
   * Streams: until the first output.
   * @default 30000
   */
  readonly first_token_ms?: number | undefined
  /**
   * Streams: between two pieces of output.
   * @default 30000
   */
  readonly idle_ms?: number | undefined
  /**
   * The whole request, all attempts together.
   * @default 600000
   */
  readonly total_ms?: number | undefined
}

export type Timeouts = { readonly [Key in keyof TimeoutConfig]-?: number }

export const defaultTimeouts: Timeouts = {
  connect_ms: 3000,
  first_token_ms: 30_000,
  idle_ms: 30_000,
  total_ms: 600_000,
}

export const DEFAULT_MAX_ATTEMPTS = 4
