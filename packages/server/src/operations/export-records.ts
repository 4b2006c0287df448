import { formatUsd, type UsageRecord } from '@speka/core'
import { unitEntries } from '@speka/core/internal'
import { z } from 'zod'
import { moment, word } from './fields.ts'
import { operation } from './operation.ts'

/** How many records are read in a row. */
const PAGE_RECORDS = 1000

/** A record in one line: a value a column, `null` for what nobody knows. */
export type RecordLine = Readonly<Record<string, string | number | boolean | null>>

/**
 * What a column holds: a text, a moment as ISO 8601, an amount as a decimal string of US dollars, a whole number, any number, or
 * whether something is so.
 */
export type ColumnKind = 'text' | 'moment' | 'usd' | 'count' | 'number' | 'flag'

export interface RecordColumn {
  readonly name: string
  readonly kind: ColumnKind
}

/** The columns, in order. */
export const recordColumns = (): RecordColumn[] => Object.entries(columns).map(([name, [kind]]) => ({ name, kind }))

/** The next records, oldest first. */
export const exportRecords = operation({
  right: 'ledger.verify',
  input: z.strictObject({
    /** Only what arrived at this moment or later. */
    since: moment.optional(),
    /** Only what arrived before this moment. */
    until: moment.optional(),
    after: word.optional(),
  }),
  async run({ store }, { after, ...span }): Promise<{ lines: RecordLine[]; next: string | undefined }> {
    const { records, next } = await store.ledger.requests({ ...span, first: 'oldest' }, after, PAGE_RECORDS)
    return { lines: records.map(lineOf), next }
  },
})

type Read = (record: UsageRecord) => string | number | boolean | undefined

const columns: Readonly<Record<string, readonly [ColumnKind, Read]>> = {
  id: ['text', ({ id }) => id],
  created_at: ['moment', ({ createdAt }) => new Date(createdAt).toISOString()],
  account: ['text', ({ account }) => account],
  key_id: ['text', ({ keyId }) => keyId],
  customer: ['text', ({ customer }) => customer],
  session: ['text', ({ session }) => session],
  endpoint: ['text', ({ endpoint }) => endpoint],
  stream: ['flag', ({ stream }) => stream],
  requested_model: ['text', ({ requestedModel }) => requestedModel],
  model: ['text', ({ model }) => model],
  provider: ['text', ({ provider }) => provider],
  upstream_model: ['text', ({ upstreamModel }) => upstreamModel],
  upstream_id: ['text', ({ upstreamId }) => upstreamId],
  outcome: ['text', ({ outcome }) => outcome],
  finish_reason: ['text', ({ finishReason }) => finishReason],
  error_code: ['text', ({ errorCode }) => errorCode],
  service_tier: ['text', ({ usage }) => usage.serviceTier],
  ...Object.fromEntries(
    unitEntries.map(({ count, total }) => [total, ['count', ({ usage }: UsageRecord) => usage[count]] as const]),
  ),
  cost_usd: ['usd', ({ charge }) => (charge === undefined ? undefined : formatUsd(charge))],
  duration_ms: ['number', ({ durationMs }) => durationMs],
  first_output_ms: ['number', ({ firstOutputMs }) => firstOutputMs],
}

const lineOf = (record: UsageRecord): RecordLine =>
  Object.fromEntries(Object.entries(columns).map(([name, [, read]]) => [name, read(record) ?? null]))
