import type { Model, Price } from '../catalog/model.ts'
import type { Provider, TranslationTarget } from '../providers/provider.ts'
import type { Upstream } from '../transport.ts'

/** A provider serving a model: one place to send a request. */
export interface Target extends TranslationTarget {
  /** The provider's name in the configuration. */
  readonly provider: string
  readonly adapter: Provider
  readonly upstream: Upstream
  /** The catalog's entry for `model`. */
  readonly entry: Model
  /** What the upstream charges the operator, when the configuration says so. */
  readonly cost?: Price | undefined
}

/** Whether two targets are one place: the same provider's same model, whatever the catalog calls it. */
export const samePlace = (
  a: Pick<Target, 'provider' | 'upstreamModel'>,
  b: Pick<Target, 'provider' | 'upstreamModel'>,
): boolean => a.provider === b.provider && a.upstreamModel === b.upstreamModel
