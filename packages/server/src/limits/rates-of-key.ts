import type { Headers } from '@speka/core'
import { ratesHeaders, tellRates, type RateLimits } from '@speka/core/internal'
import type { KeyRecord } from '../store/store.ts'
import type { CompiledLimits } from './limit-book.ts'

/** Where the rates of a key stand, as headers of an answer that no call has told them for; empty: it has none. */
export type RatesOfKey = (key: KeyRecord) => Headers

/** What is asked of rates that are only told. */
export interface KnownRates {
  readonly book: Pick<CompiledLimits, 'alwaysAppliedTo'>
  readonly rates: Pick<RateLimits, 'known'>
}

const NONE: Headers = {}

/**
 * Tells where the rates of a key stand that count whatever is asked for. Nothing is taken, and no other process is asked:
 * a worker tells what it last heard.
 */
export function ratesOfKey(limits: KnownRates | undefined): RatesOfKey {
  if (limits === undefined) return () => NONE
  const { book, rates } = limits
  return (key) => {
    const applied = book.alwaysAppliedTo(key)?.rates ?? []
    return applied.length === 0 ? NONE : ratesHeaders(tellRates(rates.known(applied)))
  }
}
