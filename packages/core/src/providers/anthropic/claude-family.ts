/** What models of Anthropic's differ in, as far as a request must mind it. */
export interface ClaudeFamily {
  /** The most tokens of one answer, thinking included. A request for more is refused. */
  readonly mostOutput: number
  /**
   * How the model is asked to think: not at all, by a number of tokens, or by an effort. One that `always` thinks cannot
   * be told not to.
   */
  readonly thinks: 'never' | 'by_budget' | 'by_effort' | 'always'
  /** Which of `temperature` and `top_p` it takes: both, one at a time, or neither. */
  readonly samplers: 'both' | 'one' | 'none'
  /** Whether it can be held to a JSON schema. */
  readonly schemas: boolean
  /** Whether it goes on with a last turn of its own. The newer ones refuse it. */
  readonly prefills: boolean
  /** What stands for an effort above `high`. */
  readonly utmostEffort: 'max' | 'xhigh'
}

const old = { thinks: 'never', samplers: 'both', schemas: false, prefills: true, utmostEffort: 'max' } as const
const budgeted = { thinks: 'by_budget', samplers: 'one', schemas: true, prefills: true, utmostEffort: 'max' } as const
const newest = { mostOutput: 128_000, samplers: 'none', schemas: true, prefills: false, utmostEffort: 'xhigh' } as const

/**
 * By id, first match wins. The older families are told apart; every other Claude is taken for as new as the newest.
 * From Anthropic's model overview, its pages on adaptive thinking and structured outputs, and what is new in Claude 4.6 (which
 * takes no prefill), as of August 2026.
 */
const families: readonly { readonly ids: RegExp; readonly family: ClaudeFamily }[] = [
  { ids: /claude-(?:instant|v?[12](?!\d)|3-(?:opus|sonnet|haiku))/, family: { ...old, mostOutput: 4096 } },
  { ids: /claude-3-5-/, family: { ...old, mostOutput: 8192 } },
  { ids: /claude-3-7-/, family: { ...budgeted, mostOutput: 64_000, samplers: 'both', schemas: false } },
  { ids: /claude-opus-4-1(?!\d)/, family: { ...budgeted, mostOutput: 32_000 } },
  {
    ids: /claude-opus-4(?:-0|[-@]2025|$)/,
    family: { ...budgeted, mostOutput: 32_000, samplers: 'both', schemas: false },
  },
  {
    ids: /claude-sonnet-4(?:-0|[-@]2025|$)/,
    family: { ...budgeted, mostOutput: 64_000, samplers: 'both', schemas: false },
  },
  { ids: /claude-(?:opus|sonnet|haiku)-4-5/, family: { ...budgeted, mostOutput: 64_000 } },
  {
    ids: /claude-(?:opus|sonnet)-4-6/,
    family: { ...newest, thinks: 'by_effort', samplers: 'one', utmostEffort: 'max' },
  },
  { ids: /claude-(?:fable|mythos)-/, family: { ...newest, thinks: 'always' } },
  { ids: /claude-/, family: { ...newest, thinks: 'by_effort' } },
]

/** A model of some other maker behind the same API: asked for nothing it may not know. */
const stranger: ClaudeFamily = { ...old, mostOutput: 4096 }

export const claudeFamily = (upstreamModel: string): ClaudeFamily =>
  families.find(({ ids }) => ids.test(upstreamModel))?.family ?? stranger
