import type { AttemptRecord, PicoUsd, Price, UsageRecord } from '@speka/core'

/** What a SQLite column holds. */
export type SqlValue = string | number | bigint | null

/** How many values {@link encodeRecord} appends. */
export const ROW_WIDTH = 11

/** Inserts the values of so many {@link encodeRecord}s, in their order, but for ids that are there already. */
export const insertLedgerRows = (rows: number): string => `
  INSERT INTO ledger (
    id, key_id, created_at, upstream_id, model, outcome, input_tokens, cached_input_tokens, output_tokens, charge_pico, details
  ) VALUES ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}
  ON CONFLICT (id) DO NOTHING`

/**
 * Appends a record to `values` as {@link ROW_WIDTH} primitives. Flat arrays of primitives are what crosses to another
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

/** What of a record has no column of its own, as it stands in JSON. */
interface Details {
  readonly endpoint: UsageRecord['endpoint']
  readonly stream: boolean
  readonly period: string
  readonly requestedModel: string
  readonly metadata?: UsageRecord['metadata']
  readonly provider?: string | undefined
  readonly upstreamModel?: string | undefined
  readonly finishReason?: string | undefined
  readonly errorCode?: UsageRecord['errorCode']
  readonly reasoningTokens?: number | undefined
  readonly images?: number | undefined
  readonly estimated?: boolean | undefined
  readonly capped?: boolean | undefined
  readonly durationMs: number
  readonly firstOutputMs?: number | undefined
  readonly attempts: readonly EncodedAttempt[]
}

/** The price is JSON already: pasting it in is quicker than a replacer that looks at every value. */
function encodeDetails(record: UsageRecord): string {
  const details: Details = {
    endpoint: record.endpoint,
    stream: record.stream,
    period: record.period,
    requestedModel: record.requestedModel,
    metadata: record.metadata,
    provider: record.provider,
    upstreamModel: record.upstreamModel,
    finishReason: record.finishReason,
    errorCode: record.errorCode,
    reasoningTokens: record.usage.reasoningTokens,
    images: record.usage.images,
    estimated: record.usage.estimated,
    capped: record.usage.capped,
    durationMs: record.durationMs,
    firstOutputMs: record.firstOutputMs,
    attempts: encodeAttempts(record.attempts),
  }
  const json = JSON.stringify(details)
  return record.price === undefined ? json : `${json.slice(0, -1)},"price":${encodePrice(record.price)}}`
}

/** A row of the ledger as it is read, with its integers as `bigint`. */
export interface LedgerRow {
  readonly [column: string]: SqlValue
}

/** The usage record that {@link encodeRecord} took apart. */
export function decodeRecord(row: LedgerRow): UsageRecord {
  // Every value was written by encodeRecord from a record of this type.
  const { price, attempts, reasoningTokens, images, estimated, capped, ...details } = JSON.parse(
    String(row['details']),
  ) as Details & { readonly price?: EncodedPrice }
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
      reasoningTokens,
      images,
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

type EncodedPrice = { readonly [Part in keyof Price]: Price[Part] extends string | undefined ? Price[Part] : string }

const amount = (text: string | undefined) => (text === undefined ? undefined : (BigInt(text) as PicoUsd))

const decodePrice = ({ input, cachedInput, output, image, ...rest }: EncodedPrice): Price => ({
  ...rest,
  input: amount(input),
  cachedInput: amount(cachedInput),
  output: amount(output),
  image: amount(image),
})

/** JSON has no `bigint`, and a replacer would triple the time; attempts with a cost are rare enough to be copied. */
function encodeAttempts(attempts: readonly AttemptRecord[]): readonly EncodedAttempt[] {
  for (const { cost } of attempts) if (cost !== undefined) return attempts.map(withCostAsText)
  return attempts as readonly EncodedAttempt[]
}

const withCostAsText = (attempt: AttemptRecord): EncodedAttempt => ({ ...attempt, cost: attempt.cost?.toString() })

type EncodedAttempt = Omit<AttemptRecord, 'cost'> & { readonly cost?: string | undefined }

const decodeAttempt = ({ cost, ...attempt }: EncodedAttempt): AttemptRecord =>
  cost === undefined ? attempt : { ...attempt, cost: BigInt(cost) as PicoUsd }
