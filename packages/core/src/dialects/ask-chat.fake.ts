import { mintRequestId } from '../uuid.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { dataOf, doneFrame, FrameCutter, isDone, jsonFrame } from '../bytes/frames.ts'
import type { Dialect } from './dialect.ts'

const ARRIVED_AT = 1_790_000_000_123

export const facts: CallFacts = { id: mintRequestId(ARRIVED_AT), receivedAt: ARRIVED_AT, keyId: 'key_1' }

export const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** One choice's message, or several choices, as a chat completion. */
export const completion = (message: object, finishReason = 'stop', more: object = {}): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_790_000_001,
  model: 'acme/fast',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason: finishReason }],
  ...more,
})

/** One choice's delta as a chat chunk. */
export const chunk = (delta: object, finishReason: string | null = null, index = 0): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_790_000_001,
  model: 'acme/fast',
  choices: [{ index, delta, logprobs: null, finish_reason: finishReason }],
})

export const usageChunk = (usage: object): object => ({ ...chunk({}), choices: [], usage })

export const usage = {
  prompt_tokens: 9,
  completion_tokens: 4,
  total_tokens: 13,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
  cost: 0.000013,
  cost_details: { total: '0.000013' },
}

/** Chat chunks as the engine writes them. */
export const streamOf = (chunks: readonly object[], end: 'done' | 'none' = 'done'): Buffer =>
  Buffer.concat([...chunks.map(jsonFrame), ...(end === 'done' ? [doneFrame] : [])])

/** What a dialect tells of chat in these pieces: parsed events, and `[DONE]`. */
export function told(dialect: Dialect, ...pieces: Buffer[]): unknown[] {
  return eventsIn(Buffer.concat(pieces.map((piece) => dialect.frames(piece))))
}

export function eventsIn(frames: Uint8Array): unknown[] {
  const events: unknown[] = []
  new FrameCutter(Infinity).push(frames, (frame) => {
    const data = dataOf(frame) ?? Buffer.alloc(0)
    events.push(isDone(data) ? '[DONE]' : JSON.parse(data.toString()))
  })
  return events
}

export const parsed = (json: Uint8Array): unknown => JSON.parse(Buffer.from(json).toString())

/** What a function throws. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
