import type { Usage } from '../../usage.ts'
import type { FinishReason, PictureMade, ToolCall } from '../../operations/chat/chat.ts'
import { doneFrame } from '../../bytes/frames.ts'
import { Sees, type Answer, type Emit } from '../provider.ts'
import { ChunkWriter, type ChunkHead } from './chunk-writer.ts'
import { writeUsage } from '../../operations/chat/write-usage.ts'

/** A call of a tool that takes a text. */
export interface CustomToolCall {
  readonly id: string
  readonly type: 'custom'
  readonly custom: { readonly name: string; readonly input: string }
}

/** One choice of an answer, read from another shape. */
export interface ChoiceMade {
  readonly index: number
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly (ToolCall | CustomToolCall)[]
  readonly finishReason: FinishReason
  /** Pictures that the model has made: they stand among {@link more} as well. Default: none. */
  readonly images?: readonly PictureMade[]
  /** Fields that the provider adds to the message. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** An answer read from another shape. */
export interface AnswerMade {
  readonly choices: readonly ChoiceMade[]
  readonly usage: Usage
}

/** An answer in OpenAI's shape. */
export function writeAnswer({ choices, usage }: AnswerMade, { id, created, model, serviceTier }: ChunkHead): Answer {
  const usageJson = writeUsage(usage)
  const written = choices.map(({ index, finishReason, ...choice }) => ({
    index,
    message: messageOf(choice),
    logprobs: null,
    finish_reason: finishReason,
  }))
  const tier = serviceTier !== undefined && { service_tier: serviceTier }
  const head = JSON.stringify({ id, object: 'chat.completion', created, model, choices: written, ...tier })
  const rest = { id, finishReason: choices[0]?.finishReason, usage, edits: [] }
  if (usageJson === undefined) return { ...rest, body: Buffer.from(head), usageJson: undefined, usageAt: undefined }
  const before = Buffer.from(`${head.slice(0, -1)},"usage":`)
  const counts = Buffer.from(JSON.stringify(usageJson))
  return {
    ...rest,
    body: Buffer.concat([before, counts, CLOSE]),
    usageJson,
    usageAt: { start: before.length, end: before.length + counts.length },
  }
}

const CLOSE = Buffer.from('}')
const EMPTY = Buffer.alloc(0)

function messageOf({ text, reasoning, calls, more }: Omit<ChoiceMade, 'index' | 'finishReason'>): object {
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...more,
  }
}

/** The same answer as a stream, for an upstream that was asked for one and did not send it. */
export function streamAnswer({ choices, usage }: AnswerMade, head: ChunkHead, emit: Emit): void {
  const writer = new ChunkWriter(head)
  for (const { index, text, reasoning, calls, finishReason, more } of choices) {
    emit(writer.role(index), Sees.Role, { id: head.id, created: head.created })
    if (reasoning !== '') emit(writer.reasoning(index, reasoning), Sees.Output)
    if (text !== '') emit(writer.text(index, text), Sees.Output)
    if (calls.length > 0)
      emit(writer.delta(index, { tool_calls: calls.map((call, at) => ({ index: at, ...call })) }), Sees.Output)
    if (more !== undefined) emit(writer.delta(index, more), 'images' in more ? Sees.Output : Sees.Nothing)
    emit(writer.finish(index, finishReason), Sees.Finish, { finishReason })
  }
  emit(EMPTY, Sees.Usage, usageFacts(usage))
  emit(doneFrame, Sees.Done)
}

/** What a stream learns of its usage. */
export function usageFacts(usage: Usage): { usage: Usage; usageJson?: Readonly<Record<string, unknown>> } {
  const usageJson = writeUsage(usage)
  return usageJson === undefined ? { usage } : { usage, usageJson }
}
