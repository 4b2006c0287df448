import type { CountedByPiece } from '../units.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'

/** The longest prompt of models whose window nobody has told: Gemini 1.5 Pro and Grok 4 Fast hold two million tokens. */
const LARGEST_WINDOW = 2_000_000

/**
 * The most tokens that a call's prompt can have: each stands for a byte at least, but what the upstream adds has to be
 * allowed for.
 *
 * @param contextWindow of the model, which bounds a prompt that holds more than text; `undefined`: nobody said.
 */
export function mostInputTokens(call: Call, contextWindow: number | undefined): number {
  const tokens = call.mostPromptTokens ?? boundOfPrompt(call)
  return tokens === Infinity ? (contextWindow ?? LARGEST_WINDOW) : tokens
}

/** The same as far as the call alone tells; `Infinity`: it holds files or sounds, or has something looked up. */
export const boundOfPrompt = (call: Call): number => operations[call.endpoint].mostInputTokens(call)

/** More search units than any answer takes: deep research looks things up some hundred times. */
const MOST_SEARCHES = 1000
/** A day: longer than any recording that is taken. */
const MOST_SECONDS = 86_400

/** The most that a call can have used of each unit that is no token. */
export const mostOfEach: Readonly<Record<CountedByPiece, (call: Call) => number>> = {
  images: (call) => mostImages(call),
  searches: (call) => operations[call.endpoint].mostSearches?.(call) ?? MOST_SEARCHES,
  seconds: (call) => operations[call.endpoint].mostSeconds?.(call) ?? MOST_SECONDS,
  // Each stands for a byte at least.
  characters: (call) => operations[call.endpoint].mostCharacters?.(call) ?? call.body.length,
  billedRequests: () => 1,
}

/** The most images that a call can be answered with. */
export const mostImages = (call: Call): number => operations[call.endpoint].mostImages?.(call) ?? 0
