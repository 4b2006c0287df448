import type { UsageMetadata } from '@langchain/core/messages'
import { formatUsd, type AnswerDetails, type CompletionUsage } from '@speka/core'
import { mintRequestId } from '@speka/core/internal'

/** The name by which messages say that they came through Speka. */
export const MODEL_PROVIDER = 'speka'

/**
 * An id for a message. Not the upstream's: some repeat it, and LangGraph takes two messages of one id for one. That one is
 * in the metadata, as `id`.
 */
export const mintMessageId = (): string => `speka-${mintRequestId(Date.now())}`

/** One try at one target, in plain values that survive JSON. */
export interface AttemptMetadata {
  model: string
  provider: string
  /** `answered`, or how it failed. */
  outcome: string
  /** From the start of the request, in ms. */
  startedMs: number
  durationMs: number
  /** The upstream's HTTP status, when there was one. */
  status?: number
  message?: string
  /** What the upstream charges the operator, in US dollars. */
  cost?: string
}

interface AnswerHead {
  /** The upstream's id of the answer. */
  readonly id: string | undefined
  readonly model: string
  readonly usage?: CompletionUsage | null | undefined
  readonly finishReason: string | undefined
  readonly systemFingerprint: string | null | undefined
}

/**
 * What a message says of how it came about: `model` and `model_name` (the one that answered), `provider`, `usage`, `cost`
 * (US dollars as an exact decimal string; absent when unknown), `cost_estimated` (only when the cost rests on counts of the
 * gateway's own), `attempts`, `request_id`.
 */
export function responseMetadata(
  { id, model, usage, finishReason, systemFingerprint }: AnswerHead,
  details: AnswerDetails | undefined,
): Record<string, unknown> {
  return {
    model_provider: MODEL_PROVIDER,
    model,
    model_name: model,
    ...(id !== undefined && { id }),
    ...(finishReason !== undefined && { finish_reason: finishReason }),
    ...(usage != null && { usage }),
    ...(systemFingerprint != null && { system_fingerprint: systemFingerprint }),
    ...(details !== undefined && {
      ...(details.cost !== undefined && { cost: details.cost }),
      ...(isEstimated(details, usage) && { cost_estimated: true }),
      attempts: details.attempts.map(plainAttempt),
      ...(details.provider !== undefined && { provider: details.provider }),
      request_id: details.requestId,
    }),
  }
}

/** Whether the cost rests on counts of a gateway's own: this one's, or, as the usage says, that of the server behind it. */
export const isEstimated = (
  details: Pick<AnswerDetails, 'isEstimated'> | undefined,
  usage: CompletionUsage | null | undefined,
): boolean => details?.isEstimated === true || usage?.['estimated'] === true

/** Without the fields that are unknown, and money as text: JSON knows no bigint. */
function plainAttempt(attempt: AnswerDetails['attempts'][number]): AttemptMetadata {
  const { model, provider, outcome, startedMs, durationMs, status, message, cost } = attempt
  return {
    model,
    provider,
    outcome,
    startedMs,
    durationMs,
    ...(status !== undefined && { status }),
    ...(message !== undefined && { message }),
    ...(cost !== undefined && { cost: formatUsd(cost) }),
  }
}

/** The counts as LangChain has them; `undefined` when nobody counted. */
export function usageMetadata(usage: CompletionUsage | null | undefined): UsageMetadata | undefined {
  if (usage == null) return undefined
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage
  const input = counts({
    audio: prompt_tokens_details?.['audio_tokens'],
    cache_read: prompt_tokens_details?.cached_tokens,
    cache_creation: prompt_tokens_details?.['cache_write_tokens'],
  })
  const output = counts({
    audio: completion_tokens_details?.['audio_tokens'],
    reasoning: completion_tokens_details?.reasoning_tokens,
  })
  return {
    input_tokens: prompt_tokens ?? 0,
    output_tokens: completion_tokens ?? 0,
    total_tokens: total_tokens ?? (prompt_tokens ?? 0) + (completion_tokens ?? 0),
    ...(input !== undefined && { input_token_details: input }),
    ...(output !== undefined && { output_token_details: output }),
  }
}

/** Those of `given` that are numbers; `undefined` when none is. */
function counts(given: Readonly<Record<string, unknown>>): Record<string, number> | undefined {
  const known = Object.entries(given).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
