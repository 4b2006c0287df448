import { SpekaError, type AttemptRecord, type Price, type UsageRecord } from '@speka/core'
import { countNames, periodOf, unitEntries } from '@speka/core/internal'
import { DEFAULT_ACCOUNT } from '../store.ts'
import { NO_VALUE, type RecordRest, type RowText, type StoredRow } from './usage-record-table.ts'

/**
 * Writes a record as a {@link RowText}.
 *
 * @throws SpekaError `internal_error` for a count that is none: sums are made of them.
 */
export function encodeRecord(record: UsageRecord): RowText {
  const { id, createdAt, account = DEFAULT_ACCOUNT, keyId = NO_VALUE, charge = NO_VALUE } = record
  return `${id}\t${Math.trunc(createdAt)}\t${account}\t${keyId}\t${charge}\t${encodeRest(record)}`
}

/** The price is JSON already: pasting it in is quicker than a replacer that looks at every value. */
function encodeRest(record: UsageRecord): string {
  const { usage } = record
  const rest: Record<string, unknown> = {
    endpoint: record.endpoint,
    stream: record.stream,
    period: record.period === periodOf(record.createdAt) ? undefined : record.period,
    outcome: record.outcome,
    requestedModel: record.requestedModel,
    metadata: record.metadata,
    model: record.model,
    provider: record.provider,
    upstreamModel: record.upstreamModel,
    upstreamId: record.upstreamId,
    labels: record.labels,
    budgets: record.budgets,
    customer: record.customer,
    session: record.session,
    answeredBy: record.answeredBy,
    notes: record.notes,
    finishReason: record.finishReason,
    errorCode: record.errorCode,
    serviceTier: usage.serviceTier,
    estimated: usage.estimated,
    capped: usage.capped,
    durationMs: record.durationMs,
    firstOutputMs: record.firstOutputMs,
    attempts: record.attempts.map((attempt) => encodeAttempt(attempt, record)),
  }
  for (const count of countNames) {
    const counted = usage[count]
    if (counted === undefined) continue
    if (!Number.isSafeInteger(counted))
      throw new SpekaError('internal_error', `The usage of a request has ${counted} as ${count}.`)
    rest[count] = counted
  }
  const json = JSON.stringify(rest)
  return record.price === undefined ? json : `${json.slice(0, -1)},"price":${encodePrice(record.price)}}`
}

/** The usage record that {@link encodeRecord} took apart, or that was written before it was so. */
export function decodeRecord({ id, createdAt, account, keyId, charge, record: rest }: StoredRow): UsageRecord {
  // Every value was written by encodeRecord from a record of this type.
  const { price, attempts, serviceTier, estimated, capped, ...others } = rest as RecordRest & WrittenByUs
  const fields: Record<string, unknown> = others
  const usage: Record<string, unknown> = { serviceTier, estimated, capped }
  for (const count of countNames) {
    usage[count] = fields[count]
    delete fields[count]
  }
  const record = {
    period: periodOf(createdAt),
    ...fields,
    id,
    keyId,
    account,
    createdAt,
    usage,
    price: price === undefined ? undefined : decodePrice(price),
    charge,
    attempts: attempts.map((attempt) => decodeAttempt(attempt, rest)),
  }
  return record as unknown as UsageRecord
}

interface WrittenByUs {
  readonly price?: EncodedPrice
  readonly attempts: readonly EncodedAttempt[]
  readonly serviceTier?: string
  readonly estimated?: boolean
  readonly capped?: boolean
}

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

/** Leaves out what the record says too: of nearly all attempts that is who was asked. */
function encodeAttempt(attempt: AttemptRecord, record: UsageRecord): EncodedAttempt {
  const { provider, upstreamModel, model, cost } = attempt
  return {
    provider: provider === record.provider ? undefined : provider,
    upstreamModel: upstreamModel === record.upstreamModel ? undefined : upstreamModel,
    model: model === record.model ? undefined : model,
    startedMs: attempt.startedMs,
    durationMs: attempt.durationMs,
    firstOutputMs: attempt.firstOutputMs,
    outcome: attempt.outcome,
    status: attempt.status,
    message: attempt.message,
    // JSON has no `bigint`.
    cost: cost?.toString(),
  }
}

type Asked = 'provider' | 'upstreamModel' | 'model'
type EncodedAttempt = Omit<AttemptRecord, 'cost' | Asked> & {
  readonly [Field in Asked | 'cost']?: string | undefined
}

const decodeAttempt = (
  { cost, ...attempt }: EncodedAttempt,
  { provider, upstreamModel, model }: RecordRest,
): object => ({
  provider,
  upstreamModel,
  model,
  ...attempt,
  ...(cost !== undefined && { cost: BigInt(cost) }),
})
