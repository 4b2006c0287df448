import type { ChatResponse, ChatResponseChunk, PartialToolCall, ToolCall as LlamaToolCall } from '@llamaindex/core/llms'
import {
  formatUsd,
  type AnswerDetails,
  type ChatAnswered,
  type ChatChunk,
  type Gateway,
  type ToolCall,
} from '@speka/core'
import { carriedByCall, carriedFields, CarriedInStream, ToolCallNumbers } from '@speka/core/internal'
import type { SpekaMessageOptions } from './messages.ts'
import type { TurnMemory } from './turn-memory.ts'

/** What stands in `raw`: the answer as the gateway gave it, with what it cost. A stream has it in its last chunk. */
export type SpekaRaw = (ChatAnswered | ChatChunk) & PlainDetails

interface PlainDetails {
  readonly requestId: string
  /** In US dollars as an exact decimal string; absent when it is not known. */
  readonly cost?: string
  /** Only when the cost rests on counts of the gateway's own, because the provider told none. */
  readonly costEstimated?: true
  readonly provider?: string
  /** Every try, the successful one last, in plain values that survive JSON. */
  readonly attempts: readonly object[]
}

/** Money as text: JSON knows no bigint. */
const plain = (
  { requestId, cost, isEstimated, provider, attempts }: AnswerDetails,
  usage: ChatChunk['usage'],
): PlainDetails => ({
  requestId,
  ...(cost !== undefined && { cost }),
  // Of a server behind the gateway, the usage says so.
  ...((isEstimated || usage?.['estimated'] === true) && { costEstimated: true }),
  ...(provider !== undefined && { provider }),
  attempts: attempts.map(({ cost: paid, ...attempt }) => ({
    ...attempt,
    ...(paid !== undefined && { cost: formatUsd(paid) }),
  })),
})

/** An answer as LlamaIndex has it. */
export function toResponse(answer: ChatAnswered, memory: TurnMemory): ChatResponse<SpekaMessageOptions> {
  const message = answer.choices[0]?.message
  const calls = message?.tool_calls ?? []
  const reasoning = message?.reasoning_content ?? undefined
  const carried = carriedFields(message ?? {})
  for (const call of calls) memory.remember(call, { reasoning, carried, call: carriedByCall({ ...call }) })
  const toolCall = calls.map((call) => ({
    ...carriedByCall({ ...call }),
    id: call.id,
    name: call.function.name,
    input: call.function.arguments === '' ? '{}' : call.function.arguments,
  }))
  return {
    message: {
      role: 'assistant',
      content: message?.content ?? '',
      options: {
        ...(toolCall.length > 0 && { toolCall }),
        ...(reasoning !== undefined && { reasoning }),
        ...carried,
      },
    },
    raw: { ...answer, ...plain(answer, answer.usage) },
  }
}

type Chunk = ChatResponseChunk<SpekaMessageOptions>

/**
 * A stream as LlamaIndex has it. What the model thinks comes piece by piece in `options.reasoning`. Tool calls grow from
 * chunk to chunk; when they are whole, a chunk has them all with their input parsed. Leaving the loop closes the upstream.
 *
 * @throws SpekaError on the loop; a broken stream never just ends.
 */
export async function* toChunks(events: ReturnType<Gateway['streamChat']>, memory: TurnMemory): AsyncGenerator<Chunk> {
  const calls = new StreamedCalls()
  const carried = new CarriedInStream()
  let reasoning = ''
  let last: ChatChunk | undefined
  try {
    for (;;) {
      const { value, done } = await events.next()
      if (done === true) {
        calls.rememberIn(memory, { reasoning: reasoning === '' ? undefined : reasoning, carried: carried.fields })
        if (last !== undefined)
          yield {
            delta: '',
            raw: { ...last, ...(value !== undefined && plain(value, last.usage)) },
            ...options(carried.fields),
          }
        return
      }
      last = value
      const choice = value.choices[0]
      if (choice === undefined) continue
      carried.add(choice.delta)
      const current = calls.add(choice.delta)
      const delta = choice.delta.content ?? ''
      const thought = choice.delta.reasoning_content ?? ''
      reasoning += thought
      const toolCall = choice.finish_reason !== null && calls.size > 0 ? calls.parsed() : current
      // Nothing empty: whether tools are called is read off the first chunk.
      if (delta !== '' || thought !== '' || toolCall.length > 0) {
        yield {
          delta,
          raw: value,
          ...options({ ...(toolCall.length > 0 && { toolCall }), ...(thought !== '' && { reasoning: thought }) }),
        }
      }
    }
  } finally {
    await events.return(undefined)
  }
}

const options = (given: SpekaMessageOptions): Pick<Chunk, 'options'> =>
  Object.keys(given).length === 0 ? {} : { options: given }

/**
 * The same with all thoughts in front of the first word or call held back for it: `streamExec` reads off the first chunk
 * whether tools are called.
 */
export async function* thoughtsHeldBack(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  const held: string[] = []
  let isHolding = true
  for await (const chunk of chunks) {
    const { delta, options: given = {} } = chunk
    const thought = 'reasoning' in given ? (given.reasoning ?? '') : ''
    if (isHolding && thought !== '' && delta === '' && !('toolCall' in given)) {
      held.push(thought)
      continue
    }
    const reasoning = isHolding ? held.join('') + thought : thought
    isHolding = false
    yield reasoning === '' ? chunk : { ...chunk, options: { ...given, reasoning } }
  }
}

type Delta = ChatChunk['choices'][number]['delta']

/** The calls of a stream, put together from their pieces. */
class StreamedCalls {
  readonly #numbers = new ToolCallNumbers()
  readonly #calls: (PartialToolCall & Readonly<Record<string, unknown>>)[] = []

  get size(): number {
    return this.#calls.length
  }

  /** Takes in a delta. Returns the calls that it changed, as far as they are known. */
  add({ tool_calls: pieces = [] }: Delta): PartialToolCall[] {
    return pieces.map((piece) => {
      const number = this.#numbers.of(piece)
      const known = this.#calls[number] ?? { id: '', name: '', input: '' }
      const grown = {
        ...known,
        ...carriedByCall({ ...piece }),
        id: piece.id ?? known.id,
        name: piece.function?.name ?? known.name,
        input: known.input + (piece.function?.arguments ?? ''),
      }
      this.#calls[number] = grown
      return grown
    })
  }

  /** All of them, with their input as an object. */
  parsed(): (LlamaToolCall | PartialToolCall)[] {
    return this.#calls.map(parsed)
  }

  rememberIn(memory: TurnMemory, turn: Omit<Parameters<TurnMemory['remember']>[1], 'call'>): void {
    for (const { id, name, input, ...call } of this.#calls) {
      const whole: ToolCall = { id, type: 'function', function: { name, arguments: input } }
      memory.remember(whole, { ...turn, call })
    }
  }
}

/** A call with its input as an object. Input that is no JSON stays text: LlamaIndex tells the model so. */
function parsed(call: PartialToolCall): LlamaToolCall | PartialToolCall {
  try {
    return { ...call, input: JSON.parse(call.input === '' ? '{}' : call.input) }
  } catch {
    return call
  }
}
