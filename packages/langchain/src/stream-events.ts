import type { ChatModelStreamEvent } from '@langchain/core/language_models/event'
import { convertOpenAICompletionsStream } from '@langchain/core/language_models/openai_completions_stream'
import type { AnswerDetails, ChatChunk, CompletionUsage } from '@speka/core'
import { carriedByCall, CarriedInStream } from '@speka/core/internal'
import type { ChatStream } from './ask.ts'
import { mintMessageId, MODEL_PROVIDER, responseMetadata } from './metadata.ts'

type Source = Parameters<typeof convertOpenAICompletionsStream>[0]

/** The events of one stream in LangChain's content-block protocol; the last one says who answered and what it cost. */
export async function* toStreamEvents(
  events: ChatStream,
  options: { streamUsage: boolean },
): AsyncGenerator<ChatModelStreamEvent> {
  const seen: Seen = {
    id: undefined,
    model: '',
    usage: undefined,
    finishReason: undefined,
    details: undefined,
    carried: new CarriedInStream(),
    carriedByCalls: new Map(),
  }
  const source = watched(events, seen) as unknown as Source
  let blocks = 0
  for await (const event of convertOpenAICompletionsStream(source, { ...options, provider: MODEL_PROVIDER })) {
    if (event.event === 'content-block-start') blocks = Math.max(blocks, event.index + 1)
    if (event.event === 'message-start') yield { ...event, id: mintMessageId() }
    else if (event.event === 'message-finish') {
      yield* carriedBlock(seen.carried.fields, blocks)
      yield { ...event, responseMetadata: metadataOf(seen) }
    } else yield withCarried(mended(event), seen)
  }
}

/** What the next turn wants back and no standard block has a place for, as a block that standard readers pass by. */
function* carriedBlock(value: object, index: number): Generator<ChatModelStreamEvent> {
  if (Object.keys(value).length === 0) return
  const content = { type: 'non_standard' as const, value: { ...value } }
  yield { event: 'content-block-start', index, content }
  yield { event: 'content-block-finish', index, content }
}

/** A call goes with the signature of the thought that led to it. */
function withCarried(event: ChatModelStreamEvent, { carriedByCalls }: Seen): ChatModelStreamEvent {
  if (event.event !== 'content-block-finish' || event.content.type !== 'tool_call') return event
  const extras = carriedByCalls.get(event.content['id'])
  return extras === undefined ? event : ({ ...event, content: { ...event.content, extras } } as ChatModelStreamEvent)
}

interface Seen {
  id: string | undefined
  model: string
  usage: CompletionUsage | undefined
  finishReason: string | undefined
  details: AnswerDetails | undefined
  readonly carried: CarriedInStream
  /** By the id of the call. */
  readonly carriedByCalls: Map<unknown, object>
}

const metadataOf = ({ id, model, usage, finishReason, details }: Seen): Record<string, unknown> =>
  responseMetadata({ id, model, usage, finishReason, systemFingerprint: undefined }, details)

async function* watched(events: ChatStream, seen: Seen): AsyncGenerator<ChatChunk> {
  try {
    for (;;) {
      const { value, done } = await events.next()
      if (done === true) {
        seen.details = value
        return
      }
      seen.id ??= value.id
      seen.model = value.model
      seen.usage = value.usage ?? seen.usage
      seen.finishReason = value.choices[0]?.finish_reason ?? seen.finishReason
      const { delta } = value.choices[0] ?? {}
      if (delta !== undefined) seen.carried.add(delta)
      for (const call of delta?.tool_calls ?? []) {
        const more = carriedByCall({ ...call })
        if (call.id !== undefined && Object.keys(more).length > 0) seen.carriedByCalls.set(call.id, more)
      }
      yield value
    }
  } finally {
    // Leaving early closes the upstream.
    await events.return(undefined)
  }
}

/** A call of a function without parameters may come with no arguments at all: that is an empty object, not a mistake. */
function mended(event: ChatModelStreamEvent): ChatModelStreamEvent {
  if (event.event !== 'content-block-finish') return event
  const { content } = event
  if (content.type !== 'invalid_tool_call' || content['args'] !== '' || typeof content['name'] !== 'string')
    return event
  return {
    ...event,
    content: { type: 'tool_call', id: content['id'], name: content['name'], args: {} },
  } as ChatModelStreamEvent
}
