import type { PicoUsd } from '../money.ts'
import type { IdSeal, OpenedId } from '../sealed-id.ts'
import type { Bytes } from '../transport.ts'
import type { RequestId } from '../uuid.ts'
import type { Surface } from './operation-name.ts'
import type { FormBody } from './form/form-body.ts'
import type { ModelId } from './model-id.ts'
import type { RoutingPreferences } from './routing-preferences.ts'
import type { ObjectScan } from '../bytes/scan-object.ts'

/** Whose requests a call is among, as its key says: what limits count it by. */
export interface CallSubjects {
  readonly id: string
  readonly account: string
  readonly team?: string | undefined
  readonly environment?: string | undefined
  readonly member?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** The id of the first key, when this one came in its place: they count as one. */
  readonly origin?: string | undefined
  /** What a `test` key uses is on no invoice. Default: `live`. */
  readonly mode?: 'live' | 'test' | undefined
}

/** What the gateway knows of a call besides its body. */
export interface CallFacts {
  readonly id: RequestId
  /** When the call arrived, in ms since the epoch. */
  readonly receivedAt: number
  /** The API the caller speaks. Default: the one of the call's own endpoint. */
  readonly surface?: Surface | undefined
  /** How long the caller allows for everything, in ms. Default: the configuration's `total_ms`. */
  readonly timeoutMs?: number | undefined
  /** Refuse rather than cost more than this. */
  readonly maxCost?: PicoUsd | undefined
  /** Words of the caller's own, for the configuration's rules to look at. */
  readonly tags?: readonly string[] | undefined
  /** The gateways this call has passed through, so that a loop is noticed. */
  readonly via?: string | undefined
  /** The virtual key that pays, when there is one. */
  readonly keyId?: string | undefined
  readonly keyName?: string | undefined
  /** The account that the key belongs to. */
  readonly account?: string | undefined
  /** The id of what an account has put on the key: team, environment, member, tags. Default: nothing. */
  readonly labels?: number | undefined
  /** What limits count the call by. Default: nothing limits it. */
  readonly subjects?: CallSubjects | undefined
  /** The end user the call is made for, when a header names one. Default: whom the body names. */
  readonly customer?: string | undefined
  /** The conversation it belongs to, when a header names one and the body none. */
  readonly session?: string | undefined
  /** Seals the ids of what upstreams keep for the caller. Default: nothing can be continued that is kept there. */
  readonly idSeal?: IdSeal | undefined
  /** Whether only the sandbox may answer: what a test key is limited to. */
  readonly sandboxOnly?: boolean | undefined
  /** Globs of the models the key may use. Default: all. */
  readonly allowedModels?: readonly string[] | undefined
  /** The operations that the key may ask for, such as `chat`. Default: all. */
  readonly allowedEndpoints?: readonly string[] | undefined
  /** Names of the providers that may answer the key. Default: all. */
  readonly allowedProviders?: readonly string[] | undefined
}

/** The fields that steer the gateway, whatever the endpoint. */
export interface RoutingFields {
  model: ModelId
  /** Models to fall back to, in order, after `model`. */
  models?: ModelId[] | null
  /** How to choose among the providers that serve them. */
  provider?: RoutingPreferences | null
  /** Requests of one session go to one target while its cache makes them cheaper. */
  session_id?: string | null
  /** Texts of the caller's own, kept with the usage record: up to 16 of at most 512 characters, as OpenAI allows them. */
  metadata?: Record<string, unknown> | null
  /** The end user the request is made for. */
  user?: string | null
  /** The same by its newer name; anything but a text is the provider's to judge. */
  safety_identifier?: unknown
}

/** The body of a call: the caller's bytes, which go upstream with as little change as possible, and what is known of them. */
export interface CallBody<Outline extends RoutingFields> extends CallFacts {
  readonly body: Bytes
  /** Where the members of `body` stand. */
  readonly scan: ObjectScan
  /** `body` parsed. Very long strings (prompts, images) stand here only as {@link LONG_STRING_MARK}. */
  readonly outline: Outline
  /** What came as a form, its files included: `body` has its fields then. */
  readonly form?: FormBody | undefined
  /** Where that is kept which the call goes on with: nobody else can be asked. Default: it goes on with nothing. */
  readonly keptAt?: OpenedId | undefined
  /** Whether the caller wants server-sent events. */
  readonly stream: boolean
  /** Whether the caller asked for a usage event at the end of the stream. */
  readonly wantsUsage: boolean
  /** About how many tokens the prompt has, when the prompt itself has been let go. Default: what its words come to. */
  readonly promptTokens?: number | undefined
  /** How many it can have at the most, when it has been let go or counted. Default: what its bytes allow. */
  readonly mostPromptTokens?: number | undefined
  /**
   * Whether a limit on money or tokens has set how long its answer may be, and not its caller: an answer that ends there has not come to
   * its end. Default: it is as the caller wants it.
   */
  readonly isBoundByBudget?: boolean | undefined
}
