import { formatUsd, SpekaError, type UsageRecord } from '@speka/core'
import { z } from 'zod'
import type { RequestFilter } from '../store/store.ts'
import { id, moment, oneOf, whole } from './fields.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountToList } from './own-account.ts'
import { viewRequest } from './request-view.ts'
import type { Actor } from '../actor.ts'

/** A request as a list shows it; `showRequest` tells the rest. */
export const requestLine = z.object({
  id: z.string(),
  created_at: z.string(),
  account: z.string(),
  key_id: z.string().nullable(),
  customer: z.string().nullable(),
  session: z.string().nullable(),
  endpoint: z.string(),
  stream: z.boolean(),
  requested_model: z.string(),
  model: z.string().nullable(),
  provider: z.string().nullable(),
  outcome: z.enum(['complete', 'interrupted', 'failed', 'cancelled']),
  error_code: z.string().nullable(),
  attempts: z.number(),
  input_tokens: z.number().nullable(),
  output_tokens: z.number().nullable(),
  /** `null`: it is not known. */
  cost_usd: z.string().nullable(),
  duration_ms: z.number(),
  first_output_ms: z.number().nullable(),
})

export type RequestLine = z.output<typeof requestLine>

/** Which requests. */
const filters = {
  account: id.optional(),
  key_id: id.optional(),
  customer: z.string().max(256).optional(),
  session: z.string().max(256).optional(),
  model: id.optional(),
  provider: id.optional(),
  outcome: oneOf(['complete', 'interrupted', 'failed', 'cancelled']).optional(),
  /** Only what arrived at this moment or later. */
  since: moment.optional(),
  /** Only what arrived before this moment. */
  until: moment.optional(),
} as const

/** Requests, as they are on record, the newest first. */
export const listRequests = operation({
  right: 'usage.read',
  input: z.strictObject({
    ...filters,
    first: oneOf(['newest', 'oldest']).optional(),
    /** Where the part before ended: its `next`. */
    after: z.string().max(1000).optional(),
    limit: whole(1, 1000).default(100),
  }),
  output: z.object({
    data: z.array(requestLine),
    /** What to say as `after` to get what follows; `null`: nothing does. */
    next: z.string().nullable(),
  }),
  async run(parts, { after, limit, ...asked }, actor) {
    const { records, next } = await parts.store.ledger.requests(await filterOf(parts, asked, actor), after, limit)
    return { data: records.map(requestLineOf), next: next ?? null }
  },
})

type Asked = Omit<RequestFilter, 'keyId'> & { readonly key_id?: string | undefined }

const filterOf = async (
  parts: OperationParts,
  { key_id: keyId, ...asked }: Asked,
  actor: Actor,
): Promise<RequestFilter> => ({
  ...asked,
  keyId,
  account: await accountToList(parts, actor, asked.account),
})

/** One request with every attempt, by its own id or by the one in its answer. @throws SpekaError `not_found` */
export const showRequest = operation({
  right: 'usage.read',
  input: z.strictObject({ id }),
  output: z.record(z.string(), z.unknown()),
  async run(parts, { id }, actor) {
    const record = await parts.store.ledger.find(id)
    if (record === undefined || (actor.kind === 'account' && record.account !== actor.account))
      throw new SpekaError('not_found', 'There is no finished request with that id.', { param: 'id' })
    return { ...viewRequest(record), account: record.account ?? null, key_id: record.keyId ?? null }
  },
})

const requestLineOf = (record: UsageRecord): RequestLine => ({
  id: record.id,
  created_at: new Date(record.createdAt).toISOString(),
  account: record.account ?? 'default',
  key_id: record.keyId ?? null,
  customer: record.customer ?? null,
  session: record.session ?? null,
  endpoint: record.endpoint,
  stream: record.stream,
  requested_model: record.requestedModel,
  model: record.model ?? null,
  provider: record.provider ?? null,
  outcome: record.outcome,
  error_code: record.errorCode ?? null,
  attempts: record.attempts.length,
  input_tokens: record.usage.inputTokens ?? null,
  output_tokens: record.usage.outputTokens ?? null,
  cost_usd: record.charge === undefined ? null : formatUsd(record.charge),
  duration_ms: record.durationMs,
  first_output_ms: record.firstOutputMs ?? null,
})
