import { formatUsd, SpekaError, type AttemptRecord, type PicoUsd, type UsageRecord } from '@speka/core'
import { showCondition, showRates, unitEntries, type IdSeal } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'
import { respondJson } from '../http/respond.ts'
import type { Ledger } from '../store/store.ts'

/** `GET /v1/generation?id=`: one usage record of the calling key, by request id or by the id in the answer. */
export function showGeneration(ledger: Ledger, idSeal: IdSeal) {
  return async ({ id, response, query, key }: KeyedExchange): Promise<void> => {
    const asked = query.get('id')
    if (asked === null || asked === '') {
      throw new SpekaError(
        'missing_required_parameter',
        'Say which: ?id= with the x-request-id of an answer, or with its id.',
        { param: 'id' },
      )
    }
    // The id of a response is sealed where an upstream keeps it, else the request's own in the dress that such ids wear.
    const kept = idSeal.open('resp', key.id, asked)
    const record = await ledger.find(kept?.id ?? asked.replace(/^resp_(?=[0-9a-f]{8}-)/, ''), key.id)
    if (record === undefined)
      throw new SpekaError('generation_not_found', 'This key has no finished request with that id.', { param: 'id' })
    respondJson(response, id, generationOf(record))
  }
}

const USUAL: ReadonlySet<string> = new Set(['input', 'cached_input', 'output', 'reasoning'])
const RARE_UNITS = unitEntries.filter(({ unit }) => !USUAL.has(unit))

/** A usage record as the API shows it. Money comes as a number to read, an exact decimal string, and whole pico-dollars. */
function generationOf(record: UsageRecord): Record<string, unknown> {
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
