import { doneFrame } from '../../bytes/frames.ts'
import { isRecord, type Json } from '../../json.ts'
import { brokeOff, classifyErrorObject } from '../openai-compatible/classify.ts'
import { Sees, type Emit, type FrameTranslator } from '../provider.ts'
import { errorIn } from '../error-in.ts'
import { argumentsText } from '../tool-calls/arguments-text.ts'
import { ownIds, type IdFor } from '../tool-calls/own-ids.ts'
import { ChunkWriter, type ChunkHead } from '../translated/chunk-writer.ts'
import { declined } from '../translated/declined.ts'
import type { HoldsCall } from '../translated/parse-keeping-calls.ts'
import { readEvent } from '../translated/read-event.ts'
import { usageFacts } from '../translated/write-answer.ts'
import { isCall } from './read-message.ts'
import { countsAtStart, mergeClaudeCounts, readClaudeUsage } from './read-usage.ts'
import { finishReasonFor, saysBroken } from './stop-reason.ts'
import { readThinkingBlock, type ThinkingBlock } from './thinking-blocks.ts'

const beginsCall: HoldsCall = ({ content_block: block }) => isCall(block)

const EMPTY = Buffer.alloc(0)

/** A tool call under way. */
interface ToolBlock {
  /** Which of the answer's calls it is. */
  readonly index: number
  /** Its arguments, where they came with its beginning. */
  readonly whole: string
  /** Whether any arguments have been sent. */
  begun: boolean
}

/** A thought under way: kept whole, since it is signed whole. */
interface ThoughtBlock {
  thinking: string
  signature: string
}

/** Turns the events of Anthropic's stream into OpenAI's, one by one. Events it does not know say nothing. */
export class MessageStreamTranslator implements FrameTranslator {
  readonly #head: ChunkHead
  #writer: ChunkWriter
  #begun = false
  #said = false
  #finished = false
  /** Anthropic's counts, as they were told last. */
  #counts: Json = {}
  #toolCalls = 0
  readonly #idFor: IdFor
  /** The blocks under way that something must be remembered of, by their index. */
  readonly #tools = new Map<unknown, ToolBlock>()
  readonly #thoughts = new Map<unknown, ThoughtBlock>()
  readonly #signed: ThinkingBlock[] = []

  /**
   * @param head its id counts only until the upstream has given one.
   * @param requestId what ids of tool calls are made of where the upstream gave none.
   */
  constructor(head: ChunkHead, requestId: string) {
    this.#head = head
    this.#idFor = ownIds(requestId)
    this.#writer = new ChunkWriter(head)
  }

  get outputTokens(): number {
    return this.#writer.outputTokens
  }

  frame(frame: Buffer, emit: Emit): void {
    const event = readEvent(frame, emit, beginsCall)
    if (event !== undefined) this.event(event, emit)
  }

  end(): void {
    // Nothing is held back here: what a close means is for the attempt to judge.
  }

  /** Takes one that is parsed already. */
  event(event: Json, emit: Emit): void {
    switch (event['type']) {
      case 'content_block_delta':
        if (isRecord(event['delta'])) this.#delta(event['index'], event['delta'], emit)
        return
      case 'content_block_start':
        if (isRecord(event['content_block'])) this.#blockStart(event['index'], event['content_block'], emit)
        return
      case 'content_block_stop':
        return this.#blockStop(event['index'], emit)
      case 'message_start':
        if (isRecord(event['message'])) this.#start(event['message'], emit)
        return
      case 'message_delta':
        return this.#messageDelta(event, emit)
      case 'message_stop':
        // It proves nothing by itself: an answer is whole once it has said why it ends.
        return emit(doneFrame, Sees.Done)
      case 'error':
        return emit(EMPTY, Sees.Failure, { failure: classifyErrorObject(event['error']) })
      case undefined: {
        // None of this API's: it may be the error of a gateway on the way, in OpenAI's shape.
        const error = errorIn(event)
        if (error !== undefined) emit(EMPTY, Sees.Failure, { failure: classifyErrorObject(error) })
      }
    }
  }

  #start({ id, usage }: Json, emit: Emit): void {
    if (this.#begun) return
    if (isRecord(usage)) this.#counts = countsAtStart(usage)
    if (typeof id === 'string') this.#writer = new ChunkWriter({ ...this.#head, id })
    this.#begin(emit, typeof id === 'string' ? id : undefined)
  }

  /** Says whose words follow, once. */
  #begin(emit: Emit, id?: string): void {
    if (this.#begun) return
    this.#begun = true
    const facts = { created: this.#head.created, usage: readClaudeUsage(this.#counts) }
    emit(this.#writer.role(0), Sees.Role, id === undefined ? facts : { ...facts, id })
  }

  #delta(block: unknown, delta: Json, emit: Emit): void {
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(delta['text'], emit)
      case 'thinking_delta':
        return this.#thinking(block, delta['thinking'], emit)
      case 'input_json_delta':
        return this.#arguments(block, delta['partial_json'], emit)
      case 'signature_delta': {
        const thought = this.#thoughts.get(block)
        if (thought !== undefined && typeof delta['signature'] === 'string') thought.signature += delta['signature']
      }
    }
  }

  #text(text: unknown, emit: Emit): void {
    if (typeof text !== 'string' || text === '') return
    this.#output(emit)
    emit(this.#writer.text(0, text), Sees.Output)
  }

  #thinking(block: unknown, text: unknown, emit: Emit): void {
    if (typeof text !== 'string' || text === '') return
    const thought = this.#thoughts.get(block)
    if (thought !== undefined) thought.thinking += text
    this.#output(emit)
    emit(this.#writer.reasoning(0, text), Sees.Output)
  }

  #arguments(block: unknown, json: unknown, emit: Emit): void {
    const tool = this.#tools.get(block)
    if (tool === undefined || typeof json !== 'string' || json === '') return
    tool.begun = true
    emit(this.#writer.toolArguments(0, tool.index, json), Sees.Output)
  }

  #blockStart(block: unknown, content: Json, emit: Emit): void {
    switch (content['type']) {
      case 'text':
        return this.#text(content['text'], emit)
      case 'thinking':
        this.#thoughts.set(block, { thinking: '', signature: '' })
        return this.#thinking(block, content['thinking'], emit)
      case 'redacted_thinking': {
        const redacted = readThinkingBlock(content)
        if (redacted !== undefined) this.#signed.push(redacted)
        return
      }
      case 'tool_use':
        return this.#toolStart(block, content, emit)
    }
  }

  #toolStart(block: unknown, content: Json, emit: Emit): void {
    const { name, input } = content
    if (typeof name !== 'string') return
    // Whose number it has had until now is over.
    this.#toolStop(block, emit)
    const index = this.#toolCalls
    this.#toolCalls += 1
    this.#tools.set(block, { index, whole: argumentsText(input), begun: false })
    this.#output(emit)
    const call = { index, id: this.#idFor(content), type: 'function', function: { name, arguments: '' } }
    emit(this.#writer.delta(0, { tool_calls: [call] }), Sees.Output)
  }

  #blockStop(block: unknown, emit: Emit): void {
    this.#toolStop(block, emit)
    const thought = readThinkingBlock({ type: 'thinking', ...this.#thoughts.get(block) })
    if (thought !== undefined) this.#signed.push(thought)
    this.#thoughts.delete(block)
  }

  /** A call without arguments has none to stream, but clients parse what they have put together. */
  #toolStop(block: unknown, emit: Emit): void {
    const tool = this.#tools.get(block)
    if (tool?.begun === false) emit(this.#writer.toolArguments(0, tool.index, tool.whole), Sees.Output)
    this.#tools.delete(block)
  }

  #messageDelta({ delta, usage }: Json, emit: Emit): void {
    this.#count(usage)
    const stopReason = isRecord(delta) ? delta['stop_reason'] : undefined
    if (typeof stopReason === 'string') this.#finish(stopReason, emit)
    else emit(EMPTY, Sees.Usage, usageFacts(readClaudeUsage(this.#counts)))
  }

  #finish(stopReason: string, emit: Emit): void {
    if (this.#finished) return
    if (saysBroken(stopReason)) {
      emit(EMPTY, Sees.Failure, { failure: brokeOff, usage: readClaudeUsage(this.#counts) })
      return
    }
    const finishReason = finishReasonFor(stopReason, this.#toolCalls > 0)
    if (finishReason === 'content_filter' && !this.#said) {
      emit(EMPTY, Sees.Failure, { failure: declined, usage: readClaudeUsage(this.#counts) })
      return
    }
    this.#finished = true
    this.#begin(emit)
    if (finishReason !== 'length') for (const block of this.#tools.keys()) this.#toolStop(block, emit)
    if (this.#signed.length > 0) emit(this.#writer.delta(0, { thinking_blocks: this.#signed }), Sees.Nothing)
    emit(this.#writer.finish(0, finishReason), Sees.Finish, { finishReason })
    emit(EMPTY, Sees.Usage, usageFacts(readClaudeUsage(this.#counts)))
  }

  #count(usage: unknown): void {
    if (isRecord(usage)) this.#counts = mergeClaudeCounts(this.#counts, usage)
  }

  #output(emit: Emit): void {
    this.#said = true
    this.#begin(emit)
  }
}
