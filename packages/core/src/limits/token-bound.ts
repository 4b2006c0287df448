import { boundOfPrompt } from '../meter/most-usage.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { LEAST_TOKENS, MOST_BOUND_TOKENS, USUAL_TOKENS } from './hold-size.ts'
import type { RateStanding } from './rates.ts'

/** A call as it is sent, and the most tokens that it comes to, its prompt by its estimate. */
export interface BoundCall {
  readonly call: Call
  readonly tokens: number
}

/** The part of what is left of a rate that one answer may have, if nobody limits it further. */
const SHARE = 8
/**
 * The longest answer there can be needs no bound where it is so small a part of what is left: hundreds of them may be under way, and
 * several come out of what a process is handed at a time.
 */
const SHARE_OF_LONGEST = 1024

/**
 * What a call takes of its rates of tokens. An answer that its caller does not limit is given a bound, and is sent with it: without
 * one any number of them, under way at once, would use more than there is. Where that much is left that the longest answer is next to
 * nothing, all of that is taken, and the call is sent as it is.
 *
 * @param standings where its rates of tokens stand.
 * @param most what every model that may answer takes as a bound. Default: what is asked for at the most of any.
 */
export function boundByRates(
  call: Call,
  standings: readonly RateStanding[],
  most: (call: Call) => number = () => MOST_BOUND_TOKENS,
): BoundCall {
  const { size, limitedTo, choices, mostOutputTokens } = operations[call.endpoint]
  const { inputTokens, outputTokens } = size(call)
  const prompt = Math.ceil(inputTokens)
  if (limitedTo === undefined || outputTokens !== undefined) {
    return { call, tokens: prompt + Math.ceil(outputTokens ?? 0) }
  }
  const longest = mostOutputTokens(call, undefined, 0)
  if (standings.every(({ remaining }) => remaining - prompt >= longest * SHARE_OF_LONGEST))
    return { call, tokens: prompt + longest }
  const count = choices(call)
  let bound = most(call)
  for (const { applied, remaining } of standings) {
    bound = Math.min(bound, answerWithin(applied.limit.rule.amount, remaining, prompt, count))
  }
  // Its limit makes the body longer, and is no part of the prompt.
  const mostPromptTokens = call.mostPromptTokens ?? boundOfPrompt(call)
  const sent = { ...limitedTo(call, bound), mostPromptTokens, isBoundByBudget: true }
  return { call: sent, tokens: prompt + bound * count }
}

/**
 * How many tokens each of the answers to a call may have: a share of what is left; or what is usual, where half of what is left is
 * enough for that. Never so few that it is no answer: then the rate refuses it, and it comes back when there is more.
 */
function answerWithin(rate: number, remaining: number, prompt: number, count: number): number {
  const each = (tokens: number): number => Math.floor(tokens / count)
  const left = Math.max(0, remaining - prompt)
  const least = Math.max(LEAST_TOKENS, Math.min(USUAL_TOKENS, each(rate / SHARE), each(rate - prompt)))
  return Math.max(each(left / SHARE), Math.min(USUAL_TOKENS, Math.max(each(left / 2), least)))
}
