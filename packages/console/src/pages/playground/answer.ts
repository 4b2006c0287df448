import * as z from 'zod/mini'
import type { Trouble } from './trouble.ts'

/** What a model wants to have called. */
export interface ToolCall {
  readonly name: string
  /** JSON, as far as it has come. */
  readonly arguments: string
}

/** What a model has answered so far, and what it took. */
export interface Answer {
  /** `broken`: it began, and will not be whole. `failed`: nothing came. */
  readonly state: 'waiting' | 'answering' | 'complete' | 'stopped' | 'broken' | 'failed'
  readonly text: string
  readonly toolCalls: readonly ToolCall[]
  /** As addresses of data. */
  readonly images: readonly string[]
  readonly embedding: readonly number[] | undefined
  /** Why it ended, in the model's word. */
  readonly finishReason: string | undefined
  /** By which its record is found. */
  readonly requestId: string | undefined
  readonly provider: string | undefined
  /** As this browser has measured them, in ms. */
  readonly firstMs: number | undefined
  readonly totalMs: number | undefined
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** Exact, in US dollars; `undefined`: not told yet, or not known. */
  readonly usd: string | undefined
  readonly trouble: Trouble | undefined
}

export const noAnswer: Answer = {
  state: 'waiting',
  text: '',
  toolCalls: [],
  images: [],
  embedding: undefined,
  finishReason: undefined,
  requestId: undefined,
  provider: undefined,
  firstMs: undefined,
  totalMs: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  usd: undefined,
  trouble: undefined,
}

const text = z.nullish(z.string())

const usage = z.nullish(
  z.object({
    prompt_tokens: z.nullish(z.number()),
    input_tokens: z.nullish(z.number()),
    completion_tokens: z.nullish(z.number()),
    output_tokens: z.nullish(z.number()),
    cost_details: z.nullish(z.object({ total: z.string() })),
  }),
)

const toolCall = z.object({
  index: z.optional(z.number()),
  function: z.optional(z.object({ name: text, arguments: text })),
})

const chunk = z.object({
  choices: z.optional(
    z.array(
      z.object({
        delta: z.optional(z.object({ content: text, tool_calls: z.nullish(z.array(toolCall)) })),
        finish_reason: text,
      }),
    ),
  ),
  usage,
  error: z.optional(z.object({ message: z.string(), code: text })),
})

const whole = z.object({
  data: z.array(z.object({ b64_json: text, url: text, embedding: z.optional(z.array(z.number())) })),
  usage,
})

/** An answer with one more event of its stream. */
export function withChunk(answer: Answer, data: string): Answer {
  const { choices = [], usage: used, error } = chunk.parse(JSON.parse(data))
  const [choice] = choices
  const { content, tool_calls: calls } = choice?.delta ?? {}
  return {
    ...answer,
    ...withUsage(used),
    ...(error === undefined ? {} : { trouble: { message: error.message, code: error.code ?? 'unknown' } }),
    text: answer.text + (content ?? ''),
    toolCalls: (calls ?? []).reduce(withCall, answer.toolCalls),
    finishReason: choice?.finish_reason ?? answer.finishReason,
  }
}

/** An answer with one that came in one piece: images, or an embedding. */
export function withWhole(answer: Answer, body: unknown): Answer {
  const { data, usage: used } = whole.parse(body)
  return {
    ...answer,
    ...withUsage(used),
    images: data.flatMap(({ b64_json: bytes }) =>
      typeof bytes === 'string' ? [`data:image/png;base64,${bytes}`] : [],
    ),
    embedding: data[0]?.embedding,
  }
}

function withUsage(used: z.infer<typeof usage>): Partial<Answer> {
  if (used === null || used === undefined) return {}
  return {
    inputTokens: used.prompt_tokens ?? used.input_tokens ?? undefined,
    outputTokens: used.completion_tokens ?? used.output_tokens ?? undefined,
    usd: used.cost_details?.total,
  }
}

function withCall(calls: readonly ToolCall[], piece: z.infer<typeof toolCall>): readonly ToolCall[] {
  const at = piece.index ?? 0
  const before = calls[at] ?? { name: '', arguments: '' }
  const now = {
    name: before.name + (piece.function?.name ?? ''),
    arguments: before.arguments + (piece.function?.arguments ?? ''),
  }
  return [...calls.slice(0, at), now, ...calls.slice(at + 1)]
}
