import * as z from 'zod/mini'

const text = z.nullable(z.string())
const count = z.nullable(z.number())

const attempt = z.object({
  provider: z.string(),
  model: z.string(),
  upstream_model: z.string(),
  outcome: z.string(),
  status: count,
  message: text,
  cost: text,
  started_ms: z.number(),
  duration_ms: z.number(),
  first_output_ms: count,
})

/** A request with every attempt, as far as the page shows it: its schema in the API is an open record. */
const requestRecord = z.object({
  id: z.string(),
  upstream_id: text,
  created_at: z.string(),
  account: text,
  key_id: text,
  endpoint: z.string(),
  stream: z.boolean(),
  requested_model: z.string(),
  model: text,
  provider: text,
  upstream_model: text,
  customer: text,
  session: text,
  outcome: z.enum(['complete', 'interrupted', 'failed', 'cancelled']),
  finish_reason: text,
  error_code: text,
  usage: z.object({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: z.object({ cached_tokens: count }),
    completion_tokens_details: z.object({ reasoning_tokens: count }),
    estimated: z.boolean(),
    capped: z.boolean(),
  }),
  cost_details: z.nullable(z.object({ total: z.string() })),
  price: z.nullable(z.record(z.string(), z.unknown())),
  attempts: z.array(attempt),
  duration_ms: z.number(),
  first_output_ms: count,
})

export type RequestRecord = z.infer<typeof requestRecord>

export const readRequestRecord = (body: unknown): RequestRecord => requestRecord.parse(body)
