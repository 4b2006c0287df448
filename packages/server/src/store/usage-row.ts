import { SpekaError, type AttemptRecord, type UsageRecord } from '@speka/core'
import { countNames, hasRareCounts, periodOf, usualCounts } from '@speka/core/internal'
import { decodePrice, priceText, type EncodedPrice } from './price-text.ts'
import { DEFAULT_ACCOUNT } from './store.ts'
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

/** Written field by field: `JSON.stringify` asks for every field of an object, and here most are not there. */
function encodeRest(record: UsageRecord): string {
  const { usage, price } = record
  let json = kindJson(record)
  if (record.period !== periodOf(record.createdAt)) json += field('period', record.period)
  if (record.metadata !== undefined) json += field('metadata', record.metadata)
  if (record.upstreamId !== undefined) json += field('upstreamId', record.upstreamId)
  if (record.labels !== undefined) json += field('labels', record.labels)
  if (record.budgets !== undefined) json += `,"budgets":[${record.budgets.join(',')}]`
  if (record.customer !== undefined) json += field('customer', record.customer)
  if (record.session !== undefined) json += field('session', record.session)
  if (record.answeredBy !== undefined) json += field('answeredBy', record.answeredBy)
  if (record.notes !== undefined) json += field('notes', record.notes)
  if (record.errorCode !== undefined) json += field('errorCode', record.errorCode)
  if (usage.serviceTier !== undefined) json += field('serviceTier', usage.serviceTier)
  if (usage.estimated !== undefined) json += field('estimated', usage.estimated)
  if (usage.capped !== undefined) json += field('capped', usage.capped)
  json += `,"durationMs":${timeJson(record.durationMs)}`
  if (record.firstOutputMs !== undefined) json += `,"firstOutputMs":${timeJson(record.firstOutputMs)}`
  json += ',"attempts":['
  for (const [at, attempt] of record.attempts.entries()) json += (at === 0 ? '' : ',') + encodeAttempt(attempt, record)
  json += ']'
  for (const { count, key } of hasRareCounts(usage) ? countKeys : usualCountKeys) {
    const counted = usage[count]
    if (counted === undefined) continue
    if (!Number.isSafeInteger(counted))
      throw new SpekaError('internal_error', `The usage of a request has ${counted} as ${count}.`)
    json += key + counted
  }
  return price === undefined ? `${json}}` : `${json},"price":${priceText(price)}}`
}

/** What many records have in common: what was asked for how, who answered it, and how that ended. */
type Kind = Pick<
  UsageRecord,
  'endpoint' | 'stream' | 'outcome' | 'requestedModel' | 'model' | 'provider' | 'upstreamModel' | 'finishReason'
>

/** Of how many models the kind is remembered that was there last. */
const MOST_MODELS = 1000

const known = new Map<string, { readonly kind: Kind; readonly json: string }>()

/** The fields of its kind, as the beginning of a JSON object: written once for the many records that share them. */
function kindJson(record: UsageRecord): string {
  const found = known.get(record.requestedModel)
  if (found !== undefined && isOf(record, found.kind)) return found.json
  const { endpoint, stream, outcome, requestedModel, model, provider, upstreamModel, finishReason } = record
  const kind: Kind = { endpoint, stream, outcome, requestedModel, model, provider, upstreamModel, finishReason }
  const json = JSON.stringify(kind).slice(0, -1)
  if (known.size >= MOST_MODELS) known.clear()
  known.set(requestedModel, { kind, json })
  return json
}

const isOf = (record: UsageRecord, kind: Kind): boolean =>
  record.model === kind.model &&
  record.provider === kind.provider &&
  record.upstreamModel === kind.upstreamModel &&
  record.endpoint === kind.endpoint &&
  record.stream === kind.stream &&
  record.outcome === kind.outcome &&
  record.finishReason === kind.finishReason

/** What stands behind the whole milliseconds, by how many thousandths there are. */
const thousandths = Array.from({ length: 1000 }, (_, at) => (at / 1000).toString().slice(1))

/** From here on it is left to JSON. In ms: eleven days. */
const LONG_MS = 1_000_000_000

/** A time as JSON. Of whole microseconds, to which records are rounded, the parts are ready: Node takes longer to find them. */
export function timeJson(ms: number): string {
  const microseconds = Math.round(ms * 1000)
  return microseconds / 1000 === ms && ms >= 0 && ms < LONG_MS
    ? `${Math.floor(ms)}${thousandths[microseconds % 1000]}`
    : JSON.stringify(ms)
}

const field = (name: string, value: unknown): string => `,"${name}":${JSON.stringify(value)}`

const countKeys = countNames.map((count) => ({ count, key: `,"${count}":` }))
/** In the same order. */
const usualCountKeys = countKeys.filter(({ count }) => usualCounts.has(count))

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

/** Leaves out what the record says too: of nearly all attempts that is who was asked. */
function encodeAttempt(attempt: AttemptRecord, record: UsageRecord): string {
  const { provider, upstreamModel, model, cost } = attempt
  let json = `{"startedMs":${timeJson(attempt.startedMs)},"durationMs":${timeJson(attempt.durationMs)}`
  if (provider !== record.provider) json += field('provider', provider)
  if (upstreamModel !== record.upstreamModel) json += field('upstreamModel', upstreamModel)
  if (model !== record.model) json += field('model', model)
  if (attempt.firstOutputMs !== undefined) json += `,"firstOutputMs":${timeJson(attempt.firstOutputMs)}`
  json += `,"outcome":"${attempt.outcome}"`
  if (attempt.status !== undefined) json += `,"status":${attempt.status}`
  if (attempt.message !== undefined) json += field('message', attempt.message)
  // JSON has no `bigint`.
  if (cost !== undefined) json += `,"cost":"${cost}"`
  return `${json}}`
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
