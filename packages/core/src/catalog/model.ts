import type { Rates } from '../units.ts'
import type { OperationName } from '../wire/operation-name.ts'
import type { PriceSource } from '../wire/models.ts'

/** When a row of a price holds; it takes all that is given. */
export interface PriceCondition {
  /** The tier in which the upstream says it has served the request, whatever was asked for. */
  readonly serviceTier?: string | undefined
  /** A prompt of more tokens than this: then all of them, and the answer, are at this row's rates. */
  readonly aboveInputTokens?: number | undefined
}

/**
 * What a customer is charged for one model from a date on, for each {@link Unit}. A part that is absent does not apply to the
 * model, unless it is within a sum: absent `cachedInput` means that cached tokens cost what others do. Nothing here means zero.
 */
export interface Price extends Rates {
  readonly source: PriceSource
  /** The month or day it was recorded, as `YYYY-MM` or `YYYY-MM-DD`; it holds from then on. */
  readonly asOf?: string | undefined
  /** When this row holds. Default: where no other does. */
  readonly when?: PriceCondition | undefined
  /**
   * Where it depends on how the request was served: each row, the most particular first, the one without a condition last.
   * That one's rates stand here as well, for whoever wants the usual price.
   */
  readonly rows?: readonly Price[] | undefined
}

/** A model that callers can ask for by id. */
export interface Model {
  readonly id: string
  readonly name: string
  /** The lab that made it, or the operator's own name for its origin. */
  readonly ownedBy: string
  /** What it can be asked for, most usual first. */
  readonly endpoints: readonly OperationName[]
  /** In tokens; `undefined` when nobody said. */
  readonly contextWindow?: number | undefined
  /** Length of the vectors it returns, for an embedding model. */
  readonly dimensions?: number | undefined
  /** Whether it goes on with a last turn of its own; `undefined` when nobody said. */
  readonly prefill?: boolean | undefined
  /** What it can do beyond its endpoint: `tools`, `json`, `vision`, `reasoning`. */
  readonly capabilities: readonly string[]
  /** Oldest first. Empty: the model has no price, and what it costs is unknown. */
  readonly prices: readonly Price[]
}
