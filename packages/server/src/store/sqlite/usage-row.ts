import { SpekaError, type AttemptRecord, type PicoUsd, type Price, type UsageRecord } from '@speka/core'
import { countNames, unitEntries } from '@speka/core/internal'
import { DEFAULT_ACCOUNT } from '../store.ts'
import type { RecordRest, SqlValue, StoredRow } from './usage-record-table.ts'

/**
 * Appends a record to `values` as `ROW_WIDTH` primitives. Flat arrays of primitives are what crosses to another
 * thread for the least work, and what is only ever read back with its record goes into one of them: a column costs every
 * commit, whether anybody asks for it or not.
 *
 * @throws SpekaError `internal_error` for a count that is none: sums are made of them.
 */
export function encodeRecord(record: UsageRecord, values: SqlValue[]): void {
  const rest = encodeRest(record)
  values.push(
    record.id,
    Math.trunc(record.createdAt),
    record.account ?? DEFAULT_ACCOUNT,
    record.keyId ?? null,
    record.charge ?? null,
    rest,
  )
}

/** The price is JSON already: pasting it in is quicker than a replacer that looks at every value. */
function encodeRest(record: UsageRecord): string {
  const { usage } = record
  const rest: Record<string, unknown> = {
    endpoint: record.endpoint,
    stream: record.stream,
    period: record.period,
    outcome: record.outcome,
    requestedModel: record.requestedModel,
    metadata: record.metadata,
    model: record.model,
    provider: record.provider,
    upstreamModel: record.upstreamModel,
    upstreamId: record.upstreamId,
    labels: record.labels,
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
    attempts: encodeAttempts(record.attempts),
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
    ...fields,
    id,
    keyId,
    account,
    createdAt,
    usage,
    price: price === undefined ? undefined : decodePrice(price),
    charge,
    attempts: attempts.map(decodeAttempt),
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

/** JSON has no `bigint`, and a replacer would triple the time; attempts with a cost are rare enough to be copied. */
function encodeAttempts(attempts: readonly AttemptRecord[]): readonly EncodedAttempt[] {
  for (const { cost } of attempts) if (cost !== undefined) return attempts.map(withCostAsText)
  return attempts as readonly EncodedAttempt[]
}

const withCostAsText = (attempt: AttemptRecord): EncodedAttempt => ({ ...attempt, cost: attempt.cost?.toString() })

type EncodedAttempt = Omit<AttemptRecord, 'cost'> & { readonly cost?: string | undefined }

const decodeAttempt = ({ cost, ...attempt }: EncodedAttempt): AttemptRecord =>
  cost === undefined ? attempt : { ...attempt, cost: BigInt(cost) as PicoUsd }
