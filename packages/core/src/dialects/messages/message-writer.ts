import { isRecord, type Json } from '../../json.ts'
import { messageUsage } from './message-usage.ts'
import type { MessageBlock, MessageEvent, MessageObject, StopReason } from './shapes.ts'

/** Why an answer ended, by chat's word for it. */
const stopReasons: ReadonlyMap<unknown, StopReason> = new Map<unknown, StopReason>([
  ['length', 'max_tokens'],
  ['budget_exhausted', 'budget_exhausted'],
  ['tool_calls', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'refusal'],
])

/** Blocks of words, and what a stream calls a piece of each. */
const voices = {
  thinking: { begins: { type: 'thinking', thinking: '', signature: '' }, delta: 'thinking_delta', field: 'thinking' },
  text: { begins: { type: 'text', text: '' }, delta: 'text_delta', field: 'text' },
} as const

/**
 * Puts a message together from what chat says, and tells each step as an event. A whole answer is the same with one large
 * step, whose events nobody needs.
 */
export class MessageWriter {
  readonly #message: MessageObject
  readonly #tell: (event: MessageEvent) => void
  #begun = false
  /** The block that is open, by its index. */
  #open: number | undefined
  /** The arguments of each call so far, by its number in chat. */
  readonly #calls = new Map<number, { readonly index: number; readonly block: MessageBlock; json: string }>()

  constructor(id: string, model: string, tell: (event: MessageEvent) => void) {
    this.#message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: messageUsage(undefined),
    }
    this.#tell = tell
  }

  /** Begins it, the first time. `chat` is any chunk, or the whole answer. */
  begin({ model }: Json): void {
    if (this.#begun) return
    this.#begun = true
    if (typeof model === 'string') this.#message.model = model
    this.#tell({ type: 'message_start', message: { ...this.#message, content: [] } })
  }

  /** What a delta or a message says. */
  add(said: unknown): void {
    if (!isRecord(said)) return
    this.#say('thinking', said['reasoning_content'])
    this.#say('text', said['content'])
    this.#say('text', said['refusal'])
    const calls: unknown = said['tool_calls']
    if (Array.isArray(calls)) for (const [position, call] of calls.entries()) this.#call(call, position)
  }

  /** Ends it well, for the reason that chat gave. */
  end(finishReason: unknown, usage: unknown): MessageObject {
    this.begin({})
    this.#close()
    for (const { block, json } of this.#calls.values()) block['input'] = inputOf(json)
    const reason = stopReasons.get(finishReason) ?? 'end_turn'
    const counts = messageUsage(usage)
    this.#message.stop_reason = reason
    this.#message.usage = counts
    this.#tell({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: counts })
    this.#tell({ type: 'message_stop' })
    return this.#message
  }

  #say(voice: keyof typeof voices, words: unknown): void {
    if (typeof words !== 'string' || words === '') return
    const { begins, delta, field } = voices[voice]
    const open = this.#open === undefined ? undefined : this.#message.content[this.#open]
    const block = open?.type === voice ? open : this.#openBlock({ ...begins })
    block[field] = String(block[field]) + words
    this.#tell({ type: 'content_block_delta', index: this.#lastIndex, delta: { type: delta, [field]: words } })
  }

  #call(call: unknown, position: number): void {
    if (!isRecord(call) || !isRecord(call['function'])) return
    const { index: number = position, id } = call
    const { name, arguments: json } = call['function']
    let known = this.#calls.get(Number(number))
    if (known === undefined) {
      const block = this.#openBlock({ type: 'tool_use', id, name, input: {} })
      known = { index: this.#lastIndex, block, json: '' }
      this.#calls.set(Number(number), known)
    }
    if (typeof json !== 'string' || json === '') return
    known.json += json
    const delta = { type: 'input_json_delta', partial_json: json }
    this.#tell({ type: 'content_block_delta', index: known.index, delta })
  }

  get #lastIndex(): number {
    return this.#message.content.length - 1
  }

  /** Blocks do not overlap: one ends before the next begins. */
  #openBlock(block: MessageBlock): MessageBlock {
    this.#close()
    this.#message.content.push(block)
    this.#open = this.#lastIndex
    this.#tell({ type: 'content_block_start', index: this.#lastIndex, content_block: { ...block } })
    return block
  }

  #close(): void {
    if (this.#open !== undefined) this.#tell({ type: 'content_block_stop', index: this.#open })
    this.#open = undefined
  }
}

/** Arguments as the object that they are here; what is none stays readable. */
function inputOf(json: string): unknown {
  try {
    return JSON.parse(json === '' ? '{}' : json)
  } catch {
    return { arguments: json }
  }
}
