/** What Google's models differ in, as far as a request must mind it. */
export interface GeminiFamily {
  /** How the model is asked to think: not at all, by a number of tokens, or by a level. */
  readonly thinks: 'never' | 'by_budget' | 'by_level'
  /** The fewest tokens it can be told to think, and the most. */
  readonly leastBudget: number
  readonly mostBudget: number
  /** Whether it can be told not to think. */
  readonly canRest: boolean
  /** What it calls these efforts. */
  readonly minimal: 'minimal' | 'low'
  readonly medium: 'medium' | 'high'
  /** Whether it wants the signatures of its own tool calls back. */
  readonly signs: boolean
  /** Whether it takes instructions apart from the conversation. */
  readonly takesInstructions: boolean
}

const newest: GeminiFamily = {
  thinks: 'by_level',
  leastBudget: 0,
  mostBudget: 24_576,
  canRest: false,
  minimal: 'low',
  medium: 'medium',
  signs: true,
  takesInstructions: true,
}
const plain: GeminiFamily = { ...newest, thinks: 'never', signs: false }
const budgeted: GeminiFamily = { ...newest, thinks: 'by_budget', canRest: true, signs: false }

/**
 * By id, first match wins. The older families are told apart; every other Gemini is taken for as new as the newest. From
 * Google's pages on thinking, on thought signatures and on its OpenAI compatibility, as of August 2026.
 */
const families: readonly { readonly ids: RegExp; readonly family: GeminiFamily }[] = [
  { ids: /gemma-/, family: { ...plain, takesInstructions: false } },
  { ids: /gemini-(?:1|2\.0|pro)|-(?:image|tts)/, family: plain },
  { ids: /gemini-2\.5-pro/, family: { ...budgeted, leastBudget: 128, mostBudget: 32_768, canRest: false } },
  { ids: /gemini-2\.5-flash-lite/, family: { ...budgeted, leastBudget: 512 } },
  { ids: /gemini-2\.5/, family: budgeted },
  { ids: /gemini-3-pro/, family: { ...newest, medium: 'high' } },
  { ids: /gemini-3(?:\.[0-6])?-flash|flash-lite/, family: { ...newest, minimal: 'minimal' } },
  { ids: /gemini-/, family: newest },
]

export const geminiFamily = (upstreamModel: string): GeminiFamily =>
  families.find(({ ids }) => ids.test(upstreamModel))?.family ?? plain
