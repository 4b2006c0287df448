import type { WrittenPrice, WrittenPriceRow } from './catalog/written-price.ts'
import type { ProviderType } from './providers/known-providers.ts'
import type { PlaceSettings } from './providers/provider-place.ts'
import type { MessagesConfig } from './wire/messages-config.ts'
import type { OperationName } from './wire/operation-name.ts'
import type { ModelId } from './wire/model-id.ts'

/** The configuration that embedding code and `speka.yaml` share, name for name. */
export interface GatewayConfig {
  /** The upstreams, by a name of your own. */
  readonly providers?: Readonly<Record<string, ProviderConfig>> | undefined
  /** Models by id, beside or in place of the shipped ones. An id with `*` passes the asked-for id through. */
  readonly models?: Readonly<Record<string, ModelConfig>> | undefined
  /** Models out of a list that is not Speka's own, with what it knows of them. `models` of the same id comes before. */
  readonly offered?: readonly OfferedModel[] | undefined
  /** Other names for models. */
  readonly aliases?: Readonly<Record<string, ModelId>> | undefined
  readonly routing?: RoutingConfig | undefined
  readonly timeouts?: TimeoutConfig | undefined
  /** How requests of Anthropic's Messages API are put to models that do not speak it. */
  readonly messages?: MessagesConfig | undefined
}

export interface ProviderConfig extends PlaceSettings {
  readonly type: ProviderType
  /** One key, or several to take turns. */
  readonly api_key?: string | readonly string[] | undefined
}

export interface ModelConfig {
  /** Who serves it, in the order to try. Default for a shipped model: its usual providers. */
  readonly targets?: readonly TargetConfig[] | undefined
  /** What customers are charged. Default for a shipped model: the shipped price; else unknown. */
  readonly price?: PriceConfig | readonly PriceRowConfig[] | undefined
  /** In tokens. */
  readonly context_window?: number | undefined
  /**
   * Whether it goes on with a last turn of the model's own (a prefill). Default: what is known of its maker; of whom nothing is
   * known is asked.
   */
  readonly prefill?: boolean | undefined
  /** What it can be asked for. Default: what is known of a shipped model; of another, whatever its targets offer. */
  readonly endpoints?: readonly OperationName[] | undefined
}

/** A model that comes out of a list, rather than from an operator's hand. */
export interface OfferedModel extends ModelConfig {
  readonly id: string
  readonly name: string
  /** The lab that made it, or whoever serves it. */
  readonly ownedBy: string
  /** What it can do beyond its endpoint: `tools`, `json`, `vision`, `reasoning`. */
  readonly capabilities: readonly string[]
  /** The day on which the list had its price, as `YYYY-MM-DD`. */
  readonly asOf: string
}

export interface TargetConfig {
  /** A name from `providers`. */
  readonly provider: string
  /** What that provider calls the model. Default: the id that was asked for. */
  readonly model?: string | undefined
  /** What the provider charges you. */
  readonly cost?: PriceConfig | readonly PriceRowConfig[] | undefined
}

/** By unit, as decimal strings in US dollars: tokens per 1M, all else each. */
export type PriceConfig = WrittenPrice

/** One row of a price that depends on conditions: it holds where all that is given does. */
export type PriceRowConfig = WrittenPriceRow

export interface RoutingConfig {
  /**
   * How to order the targets of a model.
   * @default 'ordered'
   */
  readonly strategy?: StrategyName | undefined
  /** Models to try after one has failed, by the model asked for; `*` is any other. */
  readonly fallbacks?: Readonly<Record<string, readonly ModelId[]>> | undefined
  /**
   * Only fallbacks that cost at most so many times what the model costs that was asked for: 1 to 1000. A request may set its own.
   * Default: whatever they cost.
   */
  readonly max_price_ratio?: number | undefined
  /** Models to try instead when the prompt is too long. */
  readonly context_window_fallbacks?: Readonly<Record<string, readonly ModelId[]>> | undefined
  /** Models to try instead when the content was declined. */
  readonly content_policy_fallbacks?: Readonly<Record<string, readonly ModelId[]>> | undefined
  /**
   * Upstream calls for one request, fallbacks and retries together.
   * @default 4
   */
  readonly max_attempts?: number | undefined
  /** For the strategy `weighted`: by model, then by provider. Default: 1 each. A weight of 0 comes last. */
  readonly weights?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined
  /** How long requests with one `session_id` stay at one target after the last, while its cache makes them cheaper. */
  readonly sticky?: { readonly by?: 'session_id' | undefined; readonly ttl_s?: number | undefined } | undefined
  /** By model: ask a second target as well when the first has not begun to answer after so many ms. */
  readonly hedge?: Readonly<Record<string, { readonly after_ms: number }>> | undefined
  /** The first that fits a request decides, unless the request has preferences of its own. */
  readonly rules?: readonly RoutingRule[] | undefined
}

export interface RoutingRule {
  readonly when: RuleCondition
  readonly use: {
    readonly strategy?: StrategyName | undefined
    /** Names of providers, as in a request's `provider`. */
    readonly order?: readonly string[] | undefined
    readonly only?: readonly string[] | undefined
    readonly ignore?: readonly string[] | undefined
  }
}

type Scalar = string | number | boolean

/** All that is given must be so. Texts may have `*`; of a list, one must fit. */
export interface RuleCondition {
  /** One of the words in the header `x-speka-tags`. */
  readonly tag?: string | readonly string[] | undefined
  /** The name of the virtual key. */
  readonly key?: string | readonly string[] | undefined
  /** The model as it was asked for. */
  readonly model?: string | readonly string[] | undefined
  /** Fields of the request's `metadata`. */
  readonly metadata?: Readonly<Record<string, Scalar | readonly Scalar[]>> | undefined
  /** Fields of the request itself, such as `stream` or `reasoning_effort`. */
  readonly param?: Readonly<Record<string, Scalar | readonly Scalar[]>> | undefined
}

/** How to order the targets of one model. */
export type StrategyName = 'ordered' | 'weighted' | 'price' | 'latency' | 'throughput' | 'least_busy'

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

/** As long as providers keep a prompt in their caches, in s. */
export const DEFAULT_SESSION_S = 600
