import { matchesGlob } from '../catalog/glob.ts'
import type { RoutingConfig, RuleCondition, StrategyName } from '../config.ts'
import type { Call } from '../operations/call.ts'
import { refusalByChat } from '../providers/operation-of.ts'
import type { RoutingPreferences, SortKey } from '../wire/routing-preferences.ts'

/** How one request is to be routed: its own preferences, then those of the first rule that fits, then the configuration's. */
export interface RoutePreferences {
  readonly strategy: StrategyName
  readonly order: readonly string[]
  /** Default: all providers. */
  readonly only: readonly string[] | undefined
  readonly ignore: readonly string[]
  readonly allowFallbacks: boolean
  readonly requireParameters: boolean
  readonly maxPrice: NonNullable<RoutingPreferences['max_price']> | undefined
  /** How many times the price of the model that was asked for a fallback may cost at the most; `undefined`: any. */
  readonly maxPriceRatio: number | undefined
  /** Whether the request or a rule has said anything about order: what was learnt about sessions then does not count. */
  readonly isManual: boolean
}

/** What a suffix of the model's id asks for. */
export const suffixes: Readonly<Record<string, SortKey>> = { ':floor': 'price', ':nitro': 'throughput' }

/** Gathers what decides the order of a request's targets. */
export function routePreferences(
  call: Call | undefined,
  suffix: SortKey | undefined,
  routing: RoutingConfig,
): RoutePreferences {
  const own: RoutingPreferences = call?.outline.provider ?? NOTHING
  const rule = call === undefined ? undefined : routing.rules?.find(({ when }) => fits(when, call))
  const strategy = own.sort ?? suffix ?? rule?.use.strategy ?? routing.strategy ?? 'ordered'
  const maxPriceRatio = own.max_price_ratio ?? routing.max_price_ratio
  if (own === NOTHING && rule === undefined && maxPriceRatio === undefined)
    return strategy === 'ordered' ? ORDERED : { ...ORDERED, strategy }
  const use = rule?.use
  return {
    strategy,
    order: own.order ?? use?.order ?? [],
    only: own.only ?? use?.only ?? undefined,
    ignore: own.ignore ?? use?.ignore ?? [],
    allowFallbacks: own.allow_fallbacks ?? true,
    requireParameters: own.require_parameters === true,
    maxPrice: own.max_price ?? undefined,
    maxPriceRatio,
    isManual: (own.order ?? own.sort ?? use?.order ?? undefined) !== undefined,
  }
}

const NOTHING: RoutingPreferences = {}

const ORDERED: RoutePreferences = {
  strategy: 'ordered',
  order: [],
  only: undefined,
  ignore: [],
  allowFallbacks: true,
  requireParameters: false,
  maxPrice: undefined,
  maxPriceRatio: undefined,
  isManual: false,
}

/** Whether a request may rule out targets at all. */
export const excludesAny = (
  { only, ignore, requireParameters, maxPrice }: RoutePreferences,
  call: Call | undefined,
): boolean =>
  only !== undefined ||
  ignore.length > 0 ||
  requireParameters ||
  maxPrice !== undefined ||
  (call !== undefined && (call.maxCost !== undefined || refusalByChat(call) !== undefined))

/** Whether all that a rule asks for is so. What is missing from the request fits nothing, and is no error. */
export function fits(when: RuleCondition, call: Call): boolean {
  const { outline, tags = [], keyName } = call
  const fields = outline as unknown as Readonly<Record<string, unknown>>
  return (
    (when.tag === undefined || tags.some((tag) => matches(when.tag, tag))) &&
    (when.key === undefined || matches(when.key, keyName)) &&
    (when.model === undefined || matches(when.model, outline.model)) &&
    Object.entries(when.metadata ?? {}).every(([name, wanted]) => matches(wanted, own(outline.metadata ?? {}, name))) &&
    Object.entries(when.param ?? {}).every(([name, wanted]) => matches(wanted, own(fields, name)))
  )
}

function matches(wanted: unknown, given: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some((one) => matches(one, given))
  if (typeof wanted === 'string') return typeof given === 'string' && matchesGlob(wanted, given)
  return wanted === given
}

const own = (fields: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined
