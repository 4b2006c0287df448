import type { UnitPrice } from '../money.ts'
import type { Endpoint } from '../wire/endpoint.ts'
import type { PriceSource } from '../wire/models.ts'

/**
 * What a customer is charged for one model from a date on. A part that is absent does not apply to the model; an absent
 * `cachedInput` means that cached tokens cost what others do. Nothing here means zero.
 */
export interface Price {
  /** Per token of the prompt. */
  readonly input?: UnitPrice | undefined
  /** Per token of the prompt that the provider read from its cache. */
  readonly cachedInput?: UnitPrice | undefined
  /** Per token of the answer. */
  readonly output?: UnitPrice | undefined
  /** Per image. */
  readonly image?: UnitPrice | undefined
  readonly source: PriceSource
  /** The month or day it was recorded, as `YYYY-MM` or `YYYY-MM-DD`; it holds from then on. */
  readonly asOf?: string | undefined
}

/** A model that callers can ask for by id. */
export interface Model {
  readonly id: string
  readonly name: string
  /** The lab that made it, or the operator's own name for its origin. */
  readonly ownedBy: string
  /** What it can be asked for, most usual first. */
  readonly endpoints: readonly Endpoint[]
  /** In tokens; `undefined` when nobody said. */
  readonly contextWindow?: number | undefined
  /** Length of the vectors it returns, for an embedding model. */
  readonly dimensions?: number | undefined
  /** What it can do beyond its endpoint: `tools`, `json`, `vision`, `reasoning`. */
  readonly capabilities: readonly string[]
  /** Oldest first. Empty: the model has no price, and what it costs is unknown. */
  readonly prices: readonly Price[]
}
