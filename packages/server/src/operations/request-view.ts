import { formatUsd, type AttemptRecord, type PicoUsd, type UsageRecord } from '@speka/core'
import { showCondition, showRates, unitEntries } from '@speka/core/internal'

const USUAL: ReadonlySet<string> = new Set(['input', 'cached_input', 'output', 'reasoning'])
const RARE_UNITS = unitEntries.filter(({ unit }) => !USUAL.has(unit))

/** A usage record as the API shows it. Money comes as a number to read, an exact decimal string, and whole pico-dollars. */
export function viewRequest(record: UsageRecord): Record<string, unknown> {
  const { usage, charge, price } = record
  const cost = moneyOf(charge)
  return {
    object: 'generation',
    id: record.id,
    upstream_id: record.upstreamId ?? null,
    created_at: new Date(record.createdAt).toISOString(),
    period: record.period,
    endpoint: record.endpoint,
    stream: record.stream,
    requested_model: record.requestedModel,
    metadata: record.metadata ?? null,
    customer: record.customer ?? null,
    session: record.session ?? null,
    model: record.model ?? null,
    provider: record.provider ?? null,
    upstream_model: record.upstreamModel ?? null,
    answered_by: record.answeredBy ?? null,
    notes: record.notes ?? null,
    outcome: record.outcome,
    finish_reason: record.finishReason ?? null,
    error_code: record.errorCode ?? null,
    service_tier: usage.serviceTier ?? null,
    usage: {
      prompt_tokens: usage.inputTokens ?? null,
      completion_tokens: usage.outputTokens ?? null,
      total_tokens:
        usage.inputTokens === undefined || usage.outputTokens === undefined
          ? null
          : usage.inputTokens + usage.outputTokens,
      prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? null },
      completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? null },
      // The units that few answers have, under the names of their totals.
      ...Object.fromEntries(
        RARE_UNITS.flatMap(({ count, total }) => (usage[count] === undefined ? [] : [[total, usage[count]]])),
      ),
      // Whether some of it is our own count, where the provider gave none.
      estimated: usage.estimated === true,
      // Whether the provider said more than the request can have used, or may cost.
      capped: usage.capped === true,
      ...cost,
    },
    ...cost,
    cost_pico: charge === undefined ? null : charge.toString(),
    price:
      price === undefined
        ? null
        : {
            currency: 'USD',
            input_per_1m: null,
            cached_input_per_1m: null,
            output_per_1m: null,
            per_image: null,
            ...showRates(price),
            ...showCondition(price),
            source: price.source,
            as_of: price.asOf ?? null,
          },
    attempts: record.attempts.map(attemptOf),
    duration_ms: record.durationMs,
    first_output_ms: record.firstOutputMs ?? null,
  }
}

function attemptOf(attempt: AttemptRecord): Record<string, unknown> {
  return {
    provider: attempt.provider,
    model: attempt.model,
    upstream_model: attempt.upstreamModel,
    outcome: attempt.outcome,
    status: attempt.status ?? null,
    message: attempt.message ?? null,
    cost: attempt.cost === undefined ? null : formatUsd(attempt.cost),
    started_ms: attempt.startedMs,
    duration_ms: attempt.durationMs,
    first_output_ms: attempt.firstOutputMs ?? null,
  }
}

const moneyOf = (charge: PicoUsd | undefined): Record<string, unknown> =>
  charge === undefined
    ? { cost: null, cost_details: null }
    : { cost: Number(formatUsd(charge)), cost_details: { total: formatUsd(charge) } }
