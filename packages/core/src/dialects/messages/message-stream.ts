import { typedFrame, isPlain } from '../../bytes/frames.ts'
import { placesOfWords, twinOf, twinRun, type FrameTwin } from '../../bytes/frame-twin.ts'
import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { carriedByCall, CarriedInStream, carriedFields } from '../../wire/carried-fields.ts'
import { callsIn } from '../calls-in.ts'
import { ChatFrames, choicesIn } from '../chat-frames.ts'
import { idForCaller } from './call-id.ts'
import { signatureFor } from './foreign-thought.ts'
import { emptyMessage, type MessageHead } from './message-head.ts'
import { messageUsage } from './message-usage.ts'
import { pictureBlocks } from './picture-block.ts'
import type { MessageBlock, MessageEvent, MessageUsage } from './shapes.ts'
import { stopOf } from './stop-reason.ts'

/** What a block may consist of, and what a stream calls a piece of it. */
const voices = {
  thinking: { delta: 'thinking_delta', field: 'thinking' },
  text: { delta: 'text_delta', field: 'text' },
  tool: { delta: 'input_json_delta', field: 'partial_json' },
} as const

type Voice = keyof typeof voices

/** A block that has begun. */
interface Block {
  readonly voice: Voice
  readonly starts: MessageBlock
  /** What it has said while it had to wait for the one before it. */
  held: string
  /** The JSON of its input so far, as it is spelled within a string: whether it is whole is told by it. */
  spelled: string
}

/** The block that is told at present. */
interface OpenBlock {
  readonly block: Block
  readonly index: number
  /** How the event of each of its pieces begins, up to the piece. */
  readonly head: string
}

/** So many pieces that are like none before, and no more of the block is looked at for its likes. */
const MOST_LEARNT = 8

const END_OF_DELTA = '}}\n\n'

/**
 * Writes a stream of chat as the events of a message. Blocks do not overlap here: one that begins before the input of a call is
 * whole waits for it. Pieces like one before go on as they are spelled, unparsed.
 */
export class MessageStream {
  readonly #head: MessageHead
  readonly #frames: ChatFrames
  #model: string
  #begun = false
  #index = -1
  #open: OpenBlock | undefined
  readonly #waiting: Block[] = []
  /** The calls, by their number in chat. */
  readonly #calls = new Map<number, Block>()
  /** Those that have no name yet, as far as they have come. */
  readonly #nameless = new Map<number, { readonly call: Json; readonly json: string }>()
  #carried = new CarriedInStream()
  #carriedByCalls: Record<string, Json> = {}
  #owesThought = false
  #twin: { readonly twin: FrameTwin; readonly open: OpenBlock } | undefined
  /** How many were learnt one after the other of which none came again. */
  #learnt = 0
  #ended: Json = {}
  #usage: unknown
  #told: Buffer[] = []
  /** Events that are not among {@link #told} yet. */
  #text = ''

  constructor(head: MessageHead) {
    this.#head = head
    this.#model = head.model
    this.#frames = new ChatFrames({
      chunk: (chunk, frame) => this.#chunk(chunk, frame),
      // This API has no end mark but its last event.
      done: () => this.#end(),
      skim: (chunk, start) => this.#skim(chunk, start),
    })
  }

  /** What there is to tell of whole frames of chat; often nothing. */
  push(chat: Bytes): Bytes {
    this.#frames.push(chat)
    this.#flush()
    const [only, ...others] = this.#told
    this.#told = []
    if (only === undefined) return NO_BYTES
    return others.length === 0 ? only : Buffer.concat([only, ...others])
  }

  #chunk(chunk: Json, frame: Buffer): void {
    this.#usage = chunk['usage'] ?? this.#usage
    this.#begin(chunk['model'])
    const choices = choicesIn(chunk)
    const choice = choices.find(({ index }) => (index ?? 0) === 0)
    if (choice === undefined) return
    const delta = isRecord(choice['delta']) ? choice['delta'] : {}
    const field = this.#delta(delta)
    if (choice['finish_reason'] != null) this.#ended = choice
    else if (field !== undefined && choices.length === 1 && chunk['usage'] == null) this.#learn(frame, field)
  }

  /** Begins it, the first time. */
  #begin(model: unknown): void {
    if (this.#begun) return
    this.#begun = true
    if (typeof model === 'string') this.#model = model
    const message = { ...emptyMessage(this.#head), model: this.#model, usage: this.#usageSoFar }
    this.#tell({ type: 'message_start', message })
    this.#tell({ type: 'ping' })
  }

  /**
   * Upstreams tell of the prompt in the end, where it is told here once more. Some clients look for it here alone, so that an
   * estimate stands here until then.
   */
  get #usageSoFar(): MessageUsage {
    const told = messageUsage(this.#usage)
    const isTold = told.input_tokens + told.cache_read_input_tokens > 0
    return isTold ? told : { ...told, input_tokens: this.#head.promptTokens }
  }

  /** @returns the field of the delta that has words, where nothing else is in it and they went on at once. */
  #delta(delta: Json): string | undefined {
    this.#carry(delta)
    const { reasoning_content: thought, content, refusal, images } = delta
    let field: string | undefined
    if (isWords(thought)) field = this.#say('thinking', thought, 'reasoning_content')
    if (isWords(content)) field = this.#say('text', content, 'content')
    if (isWords(refusal)) field = this.#say('text', refusal, 'refusal')
    const list = callsIn(delta, this.#head.id)
    for (const [position, call] of list.entries()) field = this.#call(call, position)
    for (const picture of pictureBlocks(images)) this.#start({ voice: 'text', starts: picture, held: '', spelled: '' })
    return isAlone(delta, field, list) ? field : undefined
  }

  /** Remembers what the model's provider wants back: it stands in the signature of a thought. */
  #carry(delta: Json): void {
    const { reasoning_details: details, thinking_blocks: blocks, extra_content: extra, phase } = delta
    if (details == null && blocks == null && extra == null && phase == null) return
    this.#carried.add(delta)
    if (isRecord(extra) || isFilled(details) || isFilled(blocks)) this.#owesThought = true
  }

  #say(voice: 'thinking' | 'text', words: string, field: string): string {
    const last = this.#waiting.at(-1) ?? this.#open?.block
    const block = last?.voice === voice && isSaid(last) ? last : this.#start(said(voice))
    this.#append(block, words)
    return field
  }

  #call(call: unknown, position: number): string | undefined {
    if (!isRecord(call) || !isRecord(call['function'])) return undefined
    const { index = position, id } = call
    const { name, arguments: json } = call['function']
    const known = this.#calls.get(Number(index))
    const words = typeof json === 'string' ? json : ''
    if (known === undefined && !isWords(name)) {
      this.#hold(Number(index), call, words)
      return undefined
    }
    const held = this.#nameless.get(Number(index))
    const block = known ?? this.#startCall({ ...held?.call, ...call }, String(id ?? held?.call['id']), String(name))
    if (known === undefined) this.#calls.set(Number(index), block)
    this.#nameless.delete(Number(index))
    const given = (held?.json ?? '') + words
    if (given !== '') this.#append(block, given)
    return known === undefined ? undefined : 'arguments'
  }

  /** A block begins with the name of what is called, which some tell behind its id. */
  #hold(index: number, call: Json, json: string): void {
    const held = this.#nameless.get(index)
    this.#nameless.set(index, { call: { ...held?.call, ...call }, json: (held?.json ?? '') + json })
  }

  #startCall(call: Json, id: string, name: string): Block {
    const own = idForCaller(id)
    const more = carriedByCall(call)
    if (Object.keys(more).length > 0) {
      this.#carriedByCalls[id] = more
      this.#owesThought = true
    }
    const starts = { type: 'tool_use', id: own, name: this.#head.names.forCaller(name), input: {} }
    return this.#start({ voice: 'tool', starts, held: '', spelled: '' })
  }

  /** Begins a block behind all others. What the provider wants back comes before what it led to. */
  #start(block: Block): Block {
    if (this.#owesThought && block.voice !== 'thinking' && !this.#isThinking) this.#queue(said('thinking'))
    this.#queue(block)
    return block
  }

  get #isThinking(): boolean {
    return (this.#waiting.at(-1) ?? this.#open?.block)?.voice === 'thinking'
  }

  #queue(block: Block): void {
    this.#waiting.push(block)
    this.#advance(isWhole)
  }

  /** Opens those that wait, one after the other, as long as the one before is `done`. */
  #advance(done: (block: Block) => boolean): void {
    while (this.#waiting.length > 0 && (this.#open === undefined || done(this.#open.block))) {
      const next = this.#waiting.shift()
      this.#close()
      if (next !== undefined) this.#openBlock(next)
    }
  }

  #openBlock(block: Block): void {
    this.#index += 1
    const { delta, field } = voices[block.voice]
    const head = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":{"type":"${delta}","${field}":`
    this.#open = { block, index: this.#index, head }
    this.#learnt = 0
    this.#tell({ type: 'content_block_start', index: this.#index, content_block: block.starts })
    const { held } = block
    block.held = ''
    if (held !== '') this.#piece(this.#open, held)
  }

  #append(block: Block, words: string): void {
    if (this.#open?.block !== block) {
      // What comes after a call was whole is none of its input.
      if (this.#waiting.includes(block)) block.held += words
      return
    }
    this.#piece(this.#open, words)
    if (this.#waiting.length > 0) this.#advance(isWhole)
  }

  #piece({ block, head }: OpenBlock, words: string): void {
    const json = JSON.stringify(words)
    if (block.voice === 'tool') block.spelled += json.slice(1, -1)
    this.#text += head + json + END_OF_DELTA
  }

  #close(): void {
    const open = this.#open
    if (open === undefined) return
    const { block, index } = open
    if (block.voice === 'thinking') {
      const delta = { type: 'signature_delta', signature: this.#signature() }
      this.#tell({ type: 'content_block_delta', index, delta })
    }
    this.#tell({ type: 'content_block_stop', index })
    this.#open = undefined
  }

  #signature(): string {
    const calls = this.#carriedByCalls
    const signature = signatureFor({ ...this.#carried.fields, ...(Object.keys(calls).length > 0 && { calls }) })
    this.#carried = new CarriedInStream()
    this.#carriedByCalls = {}
    this.#owesThought = false
    return signature
  }

  #end(): void {
    this.#begin(undefined)
    if (this.#owesThought && !this.#isThinking) this.#queue(said('thinking'))
    this.#advance(() => true)
    this.#close()
    const delta = stopOf(this.#ended, this.#head.stops, this.#calls.size > 0)
    this.#tell({ type: 'message_delta', delta, usage: messageUsage(this.#usage) })
    this.#tell({ type: 'message_stop' })
  }

  /** Remembers what stands around the piece that was told last, so that the next like it need not be parsed. */
  #learn(frame: Buffer, field: string): void {
    const open = this.#open
    // Some upstreams put something else into every event.
    const isVain = this.#learnt >= MOST_LEARNT
    if (isVain) this.#twin = undefined
    if (isVain || open === undefined || this.#waiting.length > 0 || !isPlain(frame)) return
    this.#learnt += 1
    const { field: told } = voices[open.block.voice]
    const twin = twinOf(frame, field, Buffer.from(`${open.head}""${END_OF_DELTA}`), told)
    this.#twin = twin && { twin, open }
  }

  #skim(chunk: Buffer, start: number): number {
    if (this.#twin === undefined || this.#twin.open !== this.#open || this.#waiting.length > 0) return start
    const run = twinRun(this.#twin.twin, chunk, start)
    if (run === undefined) return start
    this.#learnt = 0
    this.#flush()
    this.#told.push(run.forCaller)
    const { block } = this.#twin.open
    // Only its structure counts, which is the same in any letters.
    if (block.voice === 'tool')
      for (const text of textsIn(chunk, placesOfWords(this.#twin.twin, run))) block.spelled += text
    return run.end
  }

  #tell(event: MessageEvent): void {
    if (this.#text === '') this.#told.push(typedFrame(event))
    else this.#text += `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
  }

  #flush(): void {
    if (this.#text === '') return
    this.#told.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

const NO_BYTES = Buffer.alloc(0)

const isWords = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0

const said = (voice: 'thinking' | 'text'): Block => ({
  voice,
  starts: voice === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' },
  held: '',
  spelled: '',
})

/** Whether a block is of words that may go on: a picture is whole. */
const isSaid = ({ starts }: Block): boolean => starts['type'] === 'text' || starts['type'] === 'thinking'

/** Whether nothing more belongs to a block once another begins: of a call, that its input is an object to its end. */
function isWhole({ voice, spelled }: Block): boolean {
  if (voice !== 'tool') return true
  if (!spelled.trimEnd().endsWith('}')) return false
  try {
    return isRecord(JSON.parse(JSON.parse(`"${spelled}"`) as string))
  } catch {
    return false
  }
}

/** Whether a delta says nothing but the words of `field`, so that another with the same bytes around them says the like. */
function isAlone(delta: Json, field: string | undefined, calls: readonly unknown[]): boolean {
  if (field === undefined || Object.keys(carriedFields(delta)).length > 0) return false
  const filled = Object.keys(delta).filter((name) => !saysNothing(delta[name]))
  if (field !== 'arguments') return filled.length === 1 && filled[0] === field
  const [call] = calls
  return filled.length === 1 && calls.length === 1 && isRecord(call) && Object.keys(carriedByCall(call)).length === 0
}

const saysNothing = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0)

function* textsIn(chunk: Buffer, places: readonly number[]): Generator<string> {
  for (let at = 0; at < places.length; at += 2) yield chunk.toString('latin1', places[at], places[at + 1])
}
