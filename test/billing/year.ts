import type { PicoUsd, Price, RequestId, UsageRecord } from '@speka/core'
import { mintRequestId } from '@speka/core/internal'
import type { RequestSeen } from './oracle.ts'

const pico = (amount: bigint): PicoUsd => amount as PicoUsd

/** A number from 0 to below 1, the next each time; the same for the same seed. */
export type Dice = () => number

export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const below = (dice: Dice, most: number): number => Math.floor(dice() * most)
export const pick = <Item>(dice: Dice, items: readonly Item[]): Item => items[below(dice, items.length)] as Item

/** The model that is repriced in the course of the year. */
export const REPRICED = 'acme/fast'

const rate = (input: bigint, cachedInput: bigint, output: bigint): Price => ({
  input: pico(input),
  cachedInput: pico(cachedInput),
  output: pico(output),
  source: 'config',
  asOf: '2026-01-01',
})

const fast = rate(200_000n, 50_000n, 800_000n)
const deep = rate(3_000_000n, 300_000n, 15_000_000n)
const image: Price = { image: pico(40_000_000_000n), source: 'config', asOf: '2026-01-01' }
const search: Price = { search: pico(2_000_000_000n), source: 'config', asOf: '2026-01-01' }

/** One request of the year: what the ledger is given, and what it costs as a person would reckon it. */
export interface YearRequest {
  readonly record: UsageRecord
  readonly seen: RequestSeen
  /** What it used, for those that are priced anew. */
  readonly tokens: { readonly plain: bigint; readonly cached: bigint; readonly output: bigint }
}

export interface Caller {
  readonly account: string
  readonly key: string
  /** The number of the key's labels. */
  readonly labels: number
  readonly isTest: boolean
}

/** Makes a request of a caller, at a moment, put on record at another. */
export function requestOf(dice: Dice, caller: Caller, at: number, settledAt: number): YearRequest {
  const kind = below(dice, 100)
  const tokens = { plain: 0n, cached: 0n, output: 0n }
  const none = { plain: 0n, cached: 0n, output: 0n }
  if (kind < 3) return made(caller, at, settledAt, 'acme/draw', image, { images: 1 + below(dice, 4) }, none)
  if (kind < 5) return made(caller, at, settledAt, 'acme/rank', search, { searches: 1 + below(dice, 3) }, none)
  tokens.plain = BigInt(1 + below(dice, 4_000))
  tokens.cached = kind < 30 ? BigInt(below(dice, 9_000)) : 0n
  tokens.output = BigInt(below(dice, 2_000))
  const usage = {
    inputTokens: Number(tokens.plain + tokens.cached),
    cachedInputTokens: Number(tokens.cached),
    outputTokens: Number(tokens.output),
  }
  if (kind < 8) return without(made(caller, at, settledAt, 'acme/deep', deep, usage, tokens), 'failed', 0n)
  if (kind < 9) return without(made(caller, at, settledAt, 'acme/deep', deep, usage, tokens), 'complete', undefined)
  // More than a call can cost was told: what is charged is the most it can, and no sum of its units.
  if (kind < 11)
    return without(made(caller, at, settledAt, 'acme/deep', deep, usage, tokens), 'complete', 12_345_678_901n)
  const [model, price] = kind < 70 ? ([REPRICED, fast] as const) : (['acme/deep', deep] as const)
  return made(caller, at, settledAt, model, price, usage, tokens)
}

function made(
  { account, key, labels, isTest }: Caller,
  at: number,
  settledAt: number,
  model: string,
  price: Price,
  usage: UsageRecord['usage'],
  tokens: YearRequest['tokens'],
): YearRequest {
  const charged = [
    { unit: 'input', quantity: tokens.plain, rate: price.input ?? 0n },
    { unit: 'cached_input', quantity: tokens.cached, rate: price.cachedInput ?? 0n },
    { unit: 'output', quantity: tokens.output, rate: price.output ?? 0n },
    { unit: 'image', quantity: BigInt(usage.images ?? 0), rate: price.image ?? 0n },
    { unit: 'search', quantity: BigInt(usage.searches ?? 0), rate: price.search ?? 0n },
  ].filter(({ quantity, rate }) => quantity > 0n && rate > 0n)
  const charge = charged.reduce((sum, { quantity, rate }) => sum + quantity * rate, 0n)
  const record: UsageRecord = {
    id: idAt(at),
    account,
    keyId: key,
    ...(labels > 0 && { labels }),
    endpoint: 'chat',
    stream: false,
    createdAt: at,
    period: new Date(at).toISOString().slice(0, 7),
    requestedModel: model,
    model,
    provider: 'acme',
    upstreamModel: model,
    outcome: 'complete',
    usage,
    price,
    charge: pico(charge),
    // As nearly all rows are; those of pictures and searches are not.
    attempts: [
      {
        provider: 'acme',
        upstreamModel: model,
        model,
        startedMs: 0,
        durationMs: settledAt - at,
        outcome: 'answered',
        status: 200,
      },
    ],
    durationMs: settledAt - at,
  }
  return { record, seen: { account, key, model, at, settledAt, isTest, charged }, tokens }
}

/** The same, charged otherwise than by its units. */
function without(
  { record, seen, tokens }: YearRequest,
  outcome: 'failed' | 'complete',
  charge: bigint | undefined,
): YearRequest {
  const charged = charge === undefined || charge === 0n ? [] : [{ unit: '', quantity: 1n, rate: charge }]
  return {
    record: { ...record, outcome, charge: charge === undefined ? undefined : pico(charge) },
    seen: { ...seen, charged },
    tokens,
  }
}

const idAt = (at: number): RequestId => mintRequestId(at)
