import type { Price } from '../catalog/model.ts'
import { SpekaError } from '../errors.ts'
import { formatPricePerMillion, formatUsd, parsePricePerMillion, parseUsd, type PicoUsd } from '../money.ts'
import { affordableTokens, costRange } from '../pricing/cost-range.ts'
import { priceAt } from '../pricing/price-at.ts'
import { nativeOperation, refusalByChat, unsupportedBy } from '../providers/operation-of.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { MaxPrice } from '../wire/routing-preferences.ts'
import { dearestRow } from './dearest-row.ts'
import type { RoutePreferences } from './route-preferences.ts'
import type { Target } from './target.ts'

/** Why a target is not tried: which rule, and in words. */
export interface ExclusionReason {
  readonly rule:
    | 'isolated'
    | 'only'
    | 'ignore'
    | 'require_parameters'
    | 'max_price'
    | 'max_price_ratio'
    | 'max_cost'
    | 'dialect'
  readonly reason: string
}

/** What a request rules out about a target; `undefined`: it may be tried. */
export function whyExcluded(
  target: Target,
  preferences: RoutePreferences,
  call: Call | undefined,
): ExclusionReason | undefined {
  const { provider } = target
  const { only, ignore, requireParameters, maxPrice } = preferences
  if (only !== undefined && !only.includes(provider))
    return { rule: 'only', reason: `provider.only names ${listed(only)}` }
  if (ignore.includes(provider)) return { rule: 'ignore', reason: 'provider.ignore names it' }
  if (call === undefined) return undefined
  const untranslatable = refusalByChat(call)
  if (untranslatable !== undefined && nativeOperation(call, target.adapter) === undefined)
    return { rule: 'dialect', reason: `it is asked in chat, which has no word for ${untranslatable.param ?? 'this'}` }
  if (requireParameters) {
    const missing = unsupportedBy(target.adapter, call, target)
    if (missing.length > 0) return { rule: 'require_parameters', reason: `it does not take ${missing.join(', ')}` }
  }
  return (
    (maxPrice === undefined ? undefined : aboveMaxPrice(target, maxPrice, call)) ??
    (call.maxCost === undefined ? undefined : aboveMaxCost(target, call, call.maxCost))
  )
}

function aboveMaxPrice({ entry }: Target, limits: MaxPrice, call: Call): ExclusionReason | undefined {
  const rule = 'max_price'
  const inForce = priceAt(entry.prices, call.receivedAt)
  if (inForce === undefined) return { rule, reason: 'it has no price' }
  const price = dearestRow(inForce, call)
  const parts = [
    ['input', price.input, limits.prompt],
    ['output', price.output, limits.completion],
  ] as const
  for (const [part, asked, limit] of parts) {
    if (asked === undefined || limit === undefined || limit === null) continue
    const most = parsePricePerMillion(decimal(limit, 6))
    if (asked > most)
      return {
        rule,
        reason: `its ${part} ${mayCost(price, inForce)} ${formatPricePerMillion(asked)} USD per 1M tokens`,
      }
  }
  if (price.image !== undefined && limits.image != null && price.image > parseUsd(decimal(limits.image, 6))) {
    return { rule, reason: `an image of it costs ${formatUsd(price.image)} USD` }
  }
  return undefined
}

/** Of a price that depends on how a request is served, the dearest is only what it may come to. */
const mayCost = (dearest: Price, inForce: Price): string => (dearest === inForce ? 'costs' : 'may cost')

/** A number as the decimal string it was meant as. */
const decimal = (value: number | string, places: number): string =>
  typeof value === 'string' ? value : value.toFixed(places)

function aboveMaxCost({ entry, adapter }: Target, call: Call, limit: PicoUsd): ExclusionReason | undefined {
  // Another gateway knows its prices, and is told the limit.
  if (adapter.routesItself === true) return undefined
  const rule = 'max_cost'
  const price = priceAt(entry.prices, call.receivedAt)
  const { size: sizeOf, choices } = operations[call.endpoint]
  const size = sizeOf(call)
  const range = price === undefined ? undefined : costRange(size, price)
  if (price === undefined || range === undefined) return { rule, reason: 'what it costs is not known' }
  const most = range.most ?? range.least
  if (most > limit) return { rule, reason: `it may cost ${formatUsd(most)} USD` }
  if (range.most === undefined && affordableTokens(limit, size, price, choices(call)) < 1)
    return { rule, reason: `its prompt alone may cost ${formatUsd(range.least)} USD` }
  return undefined
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

/** Nothing is left to try. */
export function nothingLeft(
  excluded: readonly (ExclusionReason & { model: string; provider: string })[],
  call: Call | undefined,
): SpekaError {
  const untranslatable = call && refusalByChat(call)
  if (untranslatable !== undefined && excluded.every(({ rule }) => rule === 'dialect')) return untranslatable
  const maxCost = call?.maxCost
  const why = excluded.map(({ model, provider, reason }) => `"${model}" at "${provider}": ${reason}`).join('; ')
  if (maxCost !== undefined && excluded.every(({ rule }) => rule === 'max_cost')) {
    return new SpekaError(
      'cost_limit_exceeded',
      `The request may cost more than the limit of ${formatUsd(maxCost)} USD it came with. ${why}. Raise the limit, or send less.`,
    )
  }
  if (excluded.every(({ rule }) => rule === 'isolated'))
    return new SpekaError('no_healthy_target', `No target is left to ask. ${why}.`)
  return new SpekaError('no_matching_target', `No target fits the request's preferences. ${why}.`, {
    param: 'provider',
  })
}
