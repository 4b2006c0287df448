import { parsePricePerMillion, parseUsd, type PicoUsd } from '../money.ts'
import { costOf } from '../pricing/cost-of.ts'
import { unitEntries, type CountedByPiece, type CountName } from '../units.ts'
import type { Usage } from '../usage.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { mostInputTokens, mostOfEach } from './most-usage.ts'

/** Who was asked, as far as it bounds what a call can have used. */
export interface BoundingTarget {
  readonly adapter: { readonly routesItself?: boolean }
  readonly entry: { readonly contextWindow?: number | undefined }
}

/**
 * What an answer has used, as far as an upstream can be believed: what it left out is filled in, and what cannot be is held
 * to the most that the call can have used.
 *
 * @param outputTokens a count of the output, asked for only when it is needed.
 */
export const believableUsage = (usage: Usage, call: Call, target: BoundingTarget, outputTokens: () => number): Usage =>
  withinMost(operations[call.endpoint].completeUsage(usage, call, outputTokens), call, windowOf(target))

/** The same of a stream that did not come to its end, of which `outputTokens` were delivered. */
export const believableUsageSoFar = (usage: Usage, call: Call, target: BoundingTarget, outputTokens: number): Usage =>
  withinMost(operations[call.endpoint].usageSoFar(usage, call, outputTokens), call, windowOf(target))

/** A gateway may answer with another model than the one it was asked for. */
const windowOf = ({ adapter, entry }: BoundingTarget): number | undefined =>
  adapter.routesItself === true ? undefined : entry.contextWindow

/**
 * Counts held to the most that a call can have used, and marked where they were beyond it. A count that is merely high stays.
 * The very same object when nothing is beyond.
 */
export function withinMost(usage: Usage, call: Call, contextWindow: number | undefined): Usage {
  const { body, mostPromptTokens = Infinity } = call
  // A token a byte is allowed in any case, so that little has to be looked at.
  const allowed = mostPromptTokens === Infinity ? body.length : mostPromptTokens
  const inputTokens = heldTo(usage.inputTokens, () =>
    (usage.inputTokens ?? 0) > allowed ? mostInputTokens(call, contextWindow) : Infinity,
  )
  const reasoning = partOf(usage.reasoningTokens, usage.outputTokens)
  const outputTokens = heldTo(usage.outputTokens, () =>
    operations[call.endpoint].mostOutputTokens(call, contextWindow, reasoning ?? 0),
  )
  const cachedInputTokens = partOf(usage.cachedInputTokens, inputTokens)
  const reasoningTokens = heldTo(reasoning, () => outputTokens ?? Infinity)
  const rare = hasRareCounts(usage)
    ? rareWithinMost(usage, call, { input: inputTokens, output: outputTokens })
    : undefined
  const capped = inputTokens !== usage.inputTokens || outputTokens !== usage.outputTokens || rare?.capped === true
  if (
    !capped &&
    rare === undefined &&
    cachedInputTokens === usage.cachedInputTokens &&
    reasoningTokens === usage.reasoningTokens
  )
    return usage
  return {
    ...usage,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    reasoningTokens,
    ...rare,
    ...(capped && { capped }),
  }
}

/** The same of the units that few answers have; `undefined` when nothing of them is beyond. */
function rareWithinMost(
  usage: Usage,
  call: Call,
  sums: Readonly<Record<'input' | 'output', number | undefined>>,
): Usage | undefined {
  let held: { -readonly [Field in keyof Usage]?: Usage[Field] } | undefined
  for (const { count, partOf: sum } of RARE) {
    const told = usage[count]
    if (told === undefined) continue
    if (sum !== undefined) {
      if (partOf(told, sums[sum]) === undefined) held = { ...held, [count]: undefined }
      continue
    }
    const most = mostOfEach[count as CountedByPiece](call)
    if (told > most) held = { ...held, [count]: most, capped: true }
  }
  return held
}

/** The counts that nearly every answer of a model has, and no others. */
export const usualCounts: ReadonlySet<string> = new Set<CountName>([
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'reasoningTokens',
])

/** Whether an answer has any other count: what it has is looked through, which is less than all there may be. */
export function hasRareCounts(usage: Usage): boolean {
  for (const name in usage) if (typeof usage[name as CountName] === 'number' && !usualCounts.has(name)) return true
  return false
}

const RARE = unitEntries.filter(({ count }) => !usualCounts.has(count))

const heldTo = (count: number | undefined, most: () => number): number | undefined =>
  count === undefined ? undefined : Math.min(count, most())

/** A part cannot exceed its whole; one that claims to is not believed. */
const partOf = (part: number | undefined, whole: number | undefined): number | undefined =>
  part !== undefined && whole !== undefined && part > whole ? undefined : part

/** The highest prices that anybody has asked in public, and then some for what is no token: OpenAI's for o1-pro. */
const DEAREST = {
  input: parsePricePerMillion('150'),
  output: parsePricePerMillion('600'),
  image: parseUsd('1'),
  search: parseUsd('0.1'),
  second: parseUsd('0.1'),
  character: parseUsd('0.001'),
  source: 'published',
} as const

/**
 * Usage, and what another gateway says that it charges for it, as far as that can be believed: its prices are its own, but the
 * counts are known.
 */
export function withBelievableCharge(usage: Usage, charge: PicoUsd | undefined): PricedUsage {
  const most = charge === undefined ? undefined : costOf(usage, DEAREST)
  const isBeyond = charge !== undefined && most !== undefined && charge > most
  return isBeyond ? { usage: { ...usage, capped: true }, charge: most } : { usage, charge }
}

interface PricedUsage {
  readonly usage: Usage
  readonly charge: PicoUsd | undefined
}
