import type { ChatResponse, ChatResponseChunk, PartialToolCall, ToolCall } from '@llamaindex/core/llms'
import { formatUsd, type AnswerDetails, type ChatAnswered, type ChatChunk, type Gateway } from '@speka/core'
import type { SpekaMessageOptions } from './messages.ts'

/** What stands in `raw`: the answer as the gateway gave it, with what it cost. A stream has it in its last chunk. */
export type SpekaRaw = (ChatAnswered | ChatChunk) & PlainDetails

interface PlainDetails {
  readonly requestId: string
  /** In US dollars as an exact decimal string; absent when it is not known. */
  readonly cost?: string
  readonly provider?: string
  /** Every try, the successful one last, in plain values that survive JSON. */
  readonly attempts: readonly object[]
}

/** Money as text: JSON knows no bigint. */
const plain = ({ requestId, cost, provider, attempts }: AnswerDetails): PlainDetails => ({
  requestId,
  ...(cost !== undefined && { cost }),
  ...(provider !== undefined && { provider }),
  attempts: attempts.map(({ cost: paid, ...attempt }) => ({
    ...attempt,
    ...(paid !== undefined && { cost: formatUsd(paid) }),
  })),
})

/** An answer as LlamaIndex has it. */
export function toResponse(answer: ChatAnswered): ChatResponse<SpekaMessageOptions> {
  const message = answer.choices[0]?.message
  const calls = (message?.tool_calls ?? []).map(({ id, function: called }) => ({
    id,
    name: called.name,
    input: called.arguments,
  }))
  const reasoning = message?.reasoning_content ?? undefined
  return {
    message: {
      role: 'assistant',
      content: message?.content ?? '',
      options: { ...(calls.length > 0 && { toolCall: calls }), ...(reasoning !== undefined && { reasoning }) },
    },
    raw: { ...answer, ...plain(answer) },
  }
}

/**
 * A stream as LlamaIndex has it. Tool calls grow from chunk to chunk; when they are whole, a chunk has them all with their
 * input parsed. Leaving the loop closes the upstream.
 *
 * @throws SpekaError on the loop; a broken stream never just ends.
 */
export async function* toChunks(
  events: ReturnType<Gateway['streamChat']>,
): AsyncGenerator<ChatResponseChunk<SpekaMessageOptions>> {
  const calls = new Map<number, PartialToolCall>()
  let last: ChatChunk | undefined
  try {
    for (;;) {
      const { value, done } = await events.next()
      if (done === true) {
        if (last !== undefined) yield { delta: '', raw: { ...last, ...(value !== undefined && plain(value)) } }
        return
      }
      last = value
      const choice = value.choices[0]
      if (choice === undefined) continue
      const current = grow(calls, choice.delta)
      const delta = choice.delta.content ?? ''
      const ended = choice.finish_reason !== null && calls.size > 0
      const toolCall = ended ? [...calls.values()].map(parsed) : current
      // Nothing empty in front: whether tools are called is read off the first chunk.
      if (delta !== '' || toolCall.length > 0) {
        yield { delta, raw: value, ...(toolCall.length > 0 && { options: { toolCall } }) }
      }
    }
  } finally {
    await events.return(undefined)
  }
}

/** Adds a delta to the calls so far. Returns those that it changed. */
function grow(calls: Map<number, PartialToolCall>, { tool_calls: deltas = [] }: Delta): PartialToolCall[] {
  return deltas.map(({ index, id, function: piece }) => {
    const known = calls.get(index) ?? { id: '', name: '', input: '' }
    const grown = {
      id: id ?? known.id,
      name: piece?.name ?? known.name,
      input: known.input + (piece?.arguments ?? ''),
    }
    calls.set(index, grown)
    return grown
  })
}

type Delta = ChatChunk['choices'][number]['delta']

/** A call with its input as an object. Input that is no JSON stays text: LlamaIndex tells the model so. */
function parsed(call: PartialToolCall): ToolCall | PartialToolCall {
  try {
    return { ...call, input: JSON.parse(call.input === '' ? '{}' : call.input) }
  } catch {
    return call
  }
}
