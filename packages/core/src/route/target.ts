import type { Model, Price } from '../catalog/model.ts'
import type { KeyRing } from '../health/key-ring.ts'
import type { TargetHealth } from '../health/target-health.ts'
import type { Provider, TranslationTarget } from '../providers/provider.ts'
import type { Upstream } from '../transport.ts'

/** A provider serving a model: one place to send a request. */
export interface Target extends TranslationTarget {
  /** The provider's name in the configuration. */
  readonly provider: string
  readonly adapter: Provider
  /** Where it is; of several keys, with the first. */
  readonly upstream: Upstream
  /** The same place once for each key the operator has there. */
  readonly keys: KeyRing
  /** What is known of how it fares. */
  readonly health: TargetHealth
  /** The catalog's entry for `model`. */
  readonly entry: Model
  /** What the upstream charges the operator, oldest first, when the configuration says so. */
  readonly costs?: readonly Price[] | undefined
}

/** Whether two targets are one place: the same provider's same model, whatever the catalog calls it. */
export const samePlace = (
  a: Pick<Target, 'provider' | 'upstreamModel'>,
  b: Pick<Target, 'provider' | 'upstreamModel'>,
): boolean => a.provider === b.provider && a.upstreamModel === b.upstreamModel

/** Names a target's place: its provider and what that calls the model. */
export const placeOf = ({ provider, upstreamModel }: Pick<Target, 'provider' | 'upstreamModel'>): string =>
  `${provider}\n${upstreamModel}`
