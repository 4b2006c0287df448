import type { AttemptRecord, Counts, PicoUsd, Price, UsageRecord } from '@speka/core'
import { countNames, unitEntries, type CountName } from '@speka/core/internal'
import type { LedgerRow, SqlValue } from './ledger-table.ts'

/**
 * Appends a record to `values` as `ROW_WIDTH` primitives. Flat arrays of primitives are what crosses to another
 * thread for the least work, and what is only ever read back with its record goes into one of them: a column costs every
 * commit, whether anybody asks for it or not.
 */
export function encodeRecord(record: UsageRecord, values: SqlValue[]): void {
  const { usage } = record
  values.push(
    record.id,
    record.keyId ?? null,
    Math.trunc(record.createdAt),
    record.upstreamId ?? null,
    record.model ?? null,
    record.outcome,
    usage.inputTokens ?? null,
    usage.cachedInputTokens ?? null,
    usage.outputTokens ?? null,
    record.charge ?? null,
    encodeDetails(record),
  )
}

/** Counts that have a column: sums over a whole ledger are made of them. */
const COLUMNS = { inputTokens: 'input_tokens', cachedInputTokens: 'cached_input_tokens', outputTokens: 'output_tokens' }

/** The other counts: they stand in the details. */
const detailCounts = countNames.filter((count): count is DetailCount => !(count in COLUMNS))
type DetailCount = Exclude<CountName, keyof typeof COLUMNS>

/** What of a record has no column of its own, as it stands in JSON. */
interface Details extends Omit<Counts, keyof typeof COLUMNS> {
  readonly endpoint: UsageRecord['endpoint']
  readonly stream: boolean
  readonly period: string
  readonly requestedModel: string
  readonly metadata?: UsageRecord['metadata']
  readonly provider?: string | undefined
  readonly upstreamModel?: string | undefined
  readonly answeredBy?: string | undefined
  readonly notes?: UsageRecord['notes']
  readonly finishReason?: string | undefined
  readonly errorCode?: UsageRecord['errorCode']
  readonly serviceTier?: string | undefined
  readonly estimated?: boolean | undefined
  readonly capped?: boolean | undefined
  readonly durationMs: number
  readonly firstOutputMs?: number | undefined
  readonly attempts: readonly EncodedAttempt[]
}

/** The price is JSON already: pasting it in is quicker than a replacer that looks at every value. */
function encodeDetails(record: UsageRecord): string {
  const details: { -readonly [Field in keyof Details]: Details[Field] } = {
    endpoint: record.endpoint,
    stream: record.stream,
    period: record.period,
    requestedModel: record.requestedModel,
    metadata: record.metadata,
    provider: record.provider,
    upstreamModel: record.upstreamModel,
    answeredBy: record.answeredBy,
    notes: record.notes,
    finishReason: record.finishReason,
    errorCode: record.errorCode,
    serviceTier: record.usage.serviceTier,
    estimated: record.usage.estimated,
    capped: record.usage.capped,
    durationMs: record.durationMs,
    firstOutputMs: record.firstOutputMs,
    attempts: encodeAttempts(record.attempts),
  }
  for (const count of detailCounts) {
    const counted = record.usage[count]
    if (counted !== undefined) details[count] = counted
  }
  const json = JSON.stringify(details)
  return record.price === undefined ? json : `${json.slice(0, -1)},"price":${encodePrice(record.price)}}`
}

/** The usage record that {@link encodeRecord} took apart. */
export function decodeRecord(row: LedgerRow): UsageRecord {
  // Every value was written by encodeRecord from a record of this type.
  const { price, attempts, serviceTier, estimated, capped, ...details } = JSON.parse(String(row['details'])) as Record<
    string,
    unknown
  > &
    Details & { readonly price?: EncodedPrice }
  const counts: Record<string, unknown> = {}
  for (const count of detailCounts) {
    counts[count] = details[count]
    delete details[count]
  }
  const record = {
    ...details,
    id: row['id'],
    keyId: row['key_id'] ?? undefined,
    createdAt: Number(row['created_at']),
    upstreamId: row['upstream_id'] ?? undefined,
    model: row['model'] ?? undefined,
    outcome: row['outcome'],
    usage: {
      inputTokens: numberOf(row['input_tokens']),
      cachedInputTokens: numberOf(row['cached_input_tokens']),
      outputTokens: numberOf(row['output_tokens']),
      ...counts,
      serviceTier,
      estimated,
      capped,
    },
    price: price === undefined ? undefined : decodePrice(price),
    charge: row['charge_pico'] ?? undefined,
    attempts: attempts.map(decodeAttempt),
  }
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

type Unpriced = Omit<Price, (typeof unitEntries)[number]['rate'] | 'rows'>
type EncodedPrice = Unpriced & { readonly [rate: string]: unknown }

/** Rates stand under the names that they had from the first: rows of any age are read where they lie. */
function decodePrice(encoded: EncodedPrice): Price {
  const price: Record<string, unknown> = { ...encoded }
  for (const { rate } of unitEntries) {
    const text = encoded[rate]
    if (typeof text === 'string') price[rate] = BigInt(text)
  }
  return price as unknown as Price
}

/** JSON has no `bigint`, and a replacer would triple the time; attempts with a cost are rare enough to be copied. */
function encodeAttempts(attempts: readonly AttemptRecord[]): readonly EncodedAttempt[] {
  for (const { cost } of attempts) if (cost !== undefined) return attempts.map(withCostAsText)
  return attempts as readonly EncodedAttempt[]
}

const withCostAsText = (attempt: AttemptRecord): EncodedAttempt => ({ ...attempt, cost: attempt.cost?.toString() })

type EncodedAttempt = Omit<AttemptRecord, 'cost'> & { readonly cost?: string | undefined }

const decodeAttempt = ({ cost, ...attempt }: EncodedAttempt): AttemptRecord =>
  cost === undefined ? attempt : { ...attempt, cost: BigInt(cost) as PicoUsd }
