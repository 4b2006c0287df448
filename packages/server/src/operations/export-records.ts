import { formatUsd, type UsageRecord } from '@speka/core'
import { unitEntries } from '@speka/core/internal'
import { z } from 'zod'
import { moment, word } from './fields.ts'
import { operation } from './operation.ts'

/** How many records are read in a row. */
const PAGE_RECORDS = 1000

/** A record in one line: a value a column, `null` for what nobody knows. */
export type RecordLine = Readonly<Record<string, string | number | boolean | null>>

/** The names of the columns, in order. */
export const recordColumns = (): string[] => Object.keys(columns)

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

const columns: Readonly<Record<string, (record: UsageRecord) => string | number | boolean | undefined>> = {
  id: ({ id }) => id,
  created_at: ({ createdAt }) => new Date(createdAt).toISOString(),
  account: ({ account }) => account,
  key_id: ({ keyId }) => keyId,
  customer: ({ customer }) => customer,
  session: ({ session }) => session,
  endpoint: ({ endpoint }) => endpoint,
  stream: ({ stream }) => stream,
  requested_model: ({ requestedModel }) => requestedModel,
  model: ({ model }) => model,
  provider: ({ provider }) => provider,
  upstream_model: ({ upstreamModel }) => upstreamModel,
  upstream_id: ({ upstreamId }) => upstreamId,
  outcome: ({ outcome }) => outcome,
  finish_reason: ({ finishReason }) => finishReason,
  error_code: ({ errorCode }) => errorCode,
  service_tier: ({ usage }) => usage.serviceTier,
  ...Object.fromEntries(unitEntries.map(({ count, total }) => [total, ({ usage }: UsageRecord) => usage[count]])),
  cost_usd: ({ charge }) => (charge === undefined ? undefined : formatUsd(charge)),
  duration_ms: ({ durationMs }) => durationMs,
  first_output_ms: ({ firstOutputMs }) => firstOutputMs,
}

const lineOf = (record: UsageRecord): RecordLine =>
  Object.fromEntries(Object.entries(columns).map(([name, read]) => [name, read(record) ?? null]))
