import type { AttemptRecord, PicoUsd, Price, UsageRecord } from '@speka/core'

/** What a SQLite column holds. */
export type SqlValue = string | number | bigint | null

/** How many values {@link encodeRecord} appends. */
export const ROW_WIDTH = 24

/** Inserts the values of {@link encodeRecord}, in their order, unless the id is there already. */
export const insertLedgerRow = `
  INSERT INTO ledger (
    id, key_id, endpoint, stream, created_at, period, requested_model, model, provider, upstream_model, upstream_id, outcome,
    finish_reason, error_code, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, images, price, charge_pico,
    attempts, duration_ms, first_output_ms
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`

/**
 * Appends a record to `values` as {@link ROW_WIDTH} primitives. Flat arrays of primitives are what crosses to another
 * thread for the least work.
 */
export function encodeRecord(record: UsageRecord, values: SqlValue[]): void {
  const { usage } = record
  values.push(
    record.id,
    record.keyId ?? null,
    record.endpoint,
    record.stream ? 1 : 0,
    Math.trunc(record.createdAt),
    record.period,
    record.requestedModel,
    record.model ?? null,
    record.provider ?? null,
    record.upstreamModel ?? null,
    record.upstreamId ?? null,
    record.outcome,
    record.finishReason ?? null,
    record.errorCode ?? null,
    usage.inputTokens ?? null,
    usage.cachedInputTokens ?? null,
    usage.outputTokens ?? null,
    usage.reasoningTokens ?? null,
    usage.images ?? null,
    record.price === undefined ? null : encodePrice(record.price),
    record.charge ?? null,
    encodeAttempts(record.attempts),
    record.durationMs,
    record.firstOutputMs ?? null,
  )
}

/** A row of the ledger as it is read, with its integers as `bigint`. */
export interface LedgerRow {
  readonly [column: string]: SqlValue
}

/** The usage record that {@link encodeRecord} took apart. */
export function decodeRecord(row: LedgerRow): UsageRecord {
  const record = {
    id: row['id'],
    keyId: row['key_id'] ?? undefined,
    endpoint: row['endpoint'],
    stream: row['stream'] === 1n,
    createdAt: Number(row['created_at']),
    period: row['period'],
    requestedModel: row['requested_model'],
    model: row['model'] ?? undefined,
    provider: row['provider'] ?? undefined,
    upstreamModel: row['upstream_model'] ?? undefined,
    upstreamId: row['upstream_id'] ?? undefined,
    outcome: row['outcome'],
    finishReason: row['finish_reason'] ?? undefined,
    errorCode: row['error_code'] ?? undefined,
    usage: {
      inputTokens: numberOf(row['input_tokens']),
      cachedInputTokens: numberOf(row['cached_input_tokens']),
      outputTokens: numberOf(row['output_tokens']),
      reasoningTokens: numberOf(row['reasoning_tokens']),
      images: numberOf(row['images']),
    },
    price: typeof row['price'] === 'string' ? decodePrice(row['price']) : undefined,
    charge: row['charge_pico'] ?? undefined,
    attempts: decodeAttempts(String(row['attempts'])),
    durationMs: row['duration_ms'],
    firstOutputMs: row['first_output_ms'] ?? undefined,
  }
  // Every value was written by encodeRecord from a record of this type.
  return record as unknown as UsageRecord
}

const numberOf = (value: SqlValue | undefined) => (value == null ? undefined : Number(value))

/** Prices are few and shared by the records that use them, so each is written out once. */
const encodedPrices = new WeakMap<Price, string>()

function encodePrice(price: Price): string {
  let text = encodedPrices.get(price)
  if (text === undefined) {
    text = JSON.stringify(price, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
    encodedPrices.set(price, text)
  }
  return text
}

const priceParts: ReadonlySet<string> = new Set(['input', 'cachedInput', 'output', 'image'] satisfies (keyof Price)[])

function decodePrice(text: string): Price {
  return JSON.parse(text, (name, value: unknown) => (priceParts.has(name) ? BigInt(String(value)) : value))
}

/** JSON has no `bigint`, and a replacer would triple the time; attempts with a cost are rare enough to be copied. */
function encodeAttempts(attempts: readonly AttemptRecord[]): string {
  for (const { cost } of attempts) if (cost !== undefined) return JSON.stringify(attempts.map(withCostAsText))
  return JSON.stringify(attempts)
}

const withCostAsText = (attempt: AttemptRecord) => ({ ...attempt, cost: attempt.cost?.toString() })

function decodeAttempts(text: string): AttemptRecord[] {
  const attempts: (Omit<AttemptRecord, 'cost'> & { cost?: string })[] = JSON.parse(text)
  return attempts.map(({ cost, ...attempt }) =>
    cost === undefined ? attempt : { ...attempt, cost: BigInt(cost) as PicoUsd },
  )
}
