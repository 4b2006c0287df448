import { doneFrame } from '../../bytes/frames.ts'
import { isRecord, type Json } from '../../json.ts'
import { Sees, type Emit, type FrameTranslator } from '../provider.ts'
import { errorIn } from '../error-in.ts'
import { argumentsText } from '../tool-calls/arguments-text.ts'
import { ownIds, type IdFor } from '../tool-calls/own-ids.ts'
import { ChunkWriter, type ChunkHead } from '../translated/chunk-writer.ts'
import { readEvent } from '../translated/read-event.ts'
import { usageFacts } from '../translated/write-answer.ts'
import { annotationOf, phaseOf } from './read-response.ts'
import { detailsOf, PARAGRAPH, summaryText } from './reasoning-details.ts'
import { readResponseUsage } from './read-response-usage.ts'
import { failureOf, readEnd } from './response-end.ts'

const EMPTY = Buffer.alloc(0)

/** A tool call under way. */
interface CallUnderWay {
  /** Which of the answer's calls it is. */
  readonly index: number
  /** Whether it is of a tool that takes a text. */
  readonly isCustom: boolean
  /** Whether any arguments have been sent. */
  begun: boolean
}

/** Arguments are text here, so their numbers keep their digits by themselves. */
const holdsNumbers = (): boolean => false

/**
 * Turns the events of a response into chunks of chat, one by one. Events it does not know say nothing. The last one ends the
 * stream: this API has no end mark of its own.
 */
export class ResponseStreamTranslator implements FrameTranslator {
  readonly #head: ChunkHead
  readonly #idFor: IdFor
  #writer: ChunkWriter
  #begun = false
  #finished = false
  #words = false
  /** The item whose words, and the part of a thought that, came last. */
  #speaker: unknown
  #thought: string | undefined
  /** Items whose words or thoughts have come in pieces, by their place: they are not told again when they end. */
  readonly #told = new Set<unknown>()
  readonly #calls = new Map<unknown, CallUnderWay>()

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
    const event = readEvent(frame, emit, holdsNumbers)
    if (event !== undefined) this.#event(event, emit)
  }

  end(): void {
    // Nothing is held back here: what a close means is for the attempt to judge.
  }

  #event(event: Json, emit: Emit): void {
    const { type, output_index: place, delta, item, response } = event
    switch (type) {
      case 'response.output_text.delta':
        return this.#text(place, delta, emit)
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#arguments(place, delta, emit)
      case 'response.reasoning_summary_text.delta':
        return this.#reasoning(place, event['summary_index'], delta, emit)
      case 'response.reasoning_text.delta':
        return this.#reasoning(place, event['content_index'], delta, emit)
      case 'response.refusal.delta':
        return this.#refusal(place, delta, emit)
      case 'response.output_text.annotation.added': {
        const annotations = annotationOf(event['annotation'])
        if (annotations.length > 0) this.#beside({ annotations }, emit)
        return
      }
      case 'response.output_item.added':
        if (isRecord(item)) this.#itemAdded(place, item, emit)
        return
      case 'response.output_item.done':
        if (isRecord(item)) this.#itemDone(place, item, emit)
        return
      case 'response.created':
        if (isRecord(response)) this.#created(response, emit)
        return
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
        if (isRecord(response)) this.#ended(response, emit)
        // Perplexity tells a failure beside no response.
        else if (isRecord(event['error'])) emit(EMPTY, Sees.Failure, { failure: failureOf(event['error']) })
        return
      case 'error': {
        const { error } = event
        emit(EMPTY, Sees.Failure, { failure: failureOf(isRecord(error) ? error : event) })
        return
      }
      case undefined: {
        // None of this API's: it may be the error of a gateway on the way, in the shape that chat has for it.
        const error = errorIn(event)
        if (error !== undefined) emit(EMPTY, Sees.Failure, { failure: failureOf(error) })
      }
    }
  }

  #created({ id }: Json, emit: Emit): void {
    if (this.#begun) return
    if (typeof id === 'string') this.#writer = new ChunkWriter({ ...this.#head, id })
    this.#begin(emit, typeof id === 'string' ? id : undefined)
  }

  /** Says whose words follow, once. */
  #begin(emit: Emit, id?: string): void {
    if (this.#begun) return
    this.#begun = true
    const facts = { created: this.#head.created }
    emit(this.#writer.role(0), Sees.Role, id === undefined ? facts : { ...facts, id })
  }

  #text(place: unknown, text: unknown, emit: Emit): void {
    if (typeof text !== 'string' || text === '') return
    this.#speak(place, emit)
    emit(this.#writer.text(0, text), Sees.Output)
  }

  /** What another item says stands apart. */
  #speak(place: unknown, emit: Emit): void {
    this.#begin(emit)
    if (this.#words && this.#speaker !== place) emit(this.#writer.text(0, PARAGRAPH), Sees.Output)
    this.#words = true
    this.#speaker = place
    this.#told.add(place)
  }

  #refusal(place: unknown, refusal: unknown, emit: Emit): void {
    if (typeof refusal !== 'string' || refusal === '') return
    this.#begin(emit)
    this.#words = true
    this.#told.add(place)
    emit(this.#writer.delta(0, { refusal }), Sees.Output)
  }

  #reasoning(place: unknown, part: unknown, text: unknown, emit: Emit): void {
    if (typeof text !== 'string' || text === '') return
    this.#begin(emit)
    const thought = `${String(place)} ${String(part)}`
    const isNext = this.#thought !== undefined && this.#thought !== thought
    this.#thought = thought
    this.#told.add(place)
    emit(this.#writer.reasoning(0, isNext ? PARAGRAPH + text : text), Sees.Output)
  }

  #itemAdded(place: unknown, item: Json, emit: Emit): void {
    if (item['type'] === 'function_call' || item['type'] === 'custom_tool_call') this.#callAdded(place, item, emit)
  }

  #callAdded(place: unknown, { type, call_id: id, name, arguments: given, input }: Json, emit: Emit): void {
    if (typeof name !== 'string' || this.#calls.has(place)) return
    const index = this.#calls.size
    const isCustom = type === 'custom_tool_call'
    this.#calls.set(place, { index, isCustom, begun: false })
    this.#begin(emit)
    const head = { index, id: this.#idFor({ id }) }
    const call = isCustom
      ? { ...head, type: 'custom', custom: { name, input: '' } }
      : { ...head, type: 'function', function: { name, arguments: '' } }
    emit(this.#writer.delta(0, { tool_calls: [call] }), Sees.Output)
    this.#arguments(place, isCustom ? input : given, emit)
  }

  #arguments(place: unknown, json: unknown, emit: Emit): void {
    const call = this.#calls.get(place)
    if (call === undefined || typeof json !== 'string' || json === '') return
    call.begun = true
    const { index, isCustom } = call
    const piece = { tool_calls: [{ index, custom: { input: json } }] }
    emit(isCustom ? this.#writer.delta(0, piece) : this.#writer.toolArguments(0, index, json), Sees.Output)
  }

  /** What was not told in pieces is told at its end. */
  #itemDone(place: unknown, item: Json, emit: Emit): void {
    switch (item['type']) {
      case 'function_call':
      case 'custom_tool_call':
        return this.#callDone(place, item, emit)
      case 'message':
        return this.#messageDone(place, item, emit)
      case 'reasoning': {
        const thoughts = summaryText(item['summary']) || summaryText(item['content'])
        if (!this.#told.has(place)) this.#reasoning(place, undefined, thoughts, emit)
        const details = detailsOf(item, typeof place === 'number' ? place : 0)
        if (details.length > 0) this.#beside({ reasoning_details: details }, emit)
      }
    }
  }

  #callDone(place: unknown, item: Json, emit: Emit): void {
    this.#callAdded(place, { ...item, arguments: undefined, input: undefined }, emit)
    const call = this.#calls.get(place)
    if (call?.begun !== false) return
    this.#arguments(place, call.isCustom ? item['input'] : argumentsText(item['arguments']), emit)
  }

  #messageDone(place: unknown, item: Json, emit: Emit): void {
    const { content } = item
    if (!this.#told.has(place) && Array.isArray(content)) {
      for (const part of content.filter(isRecord)) {
        if (part['type'] === 'output_text') this.#text(place, part['text'], emit)
        else this.#refusal(place, part['refusal'], emit)
      }
    }
    const phase = phaseOf(item)
    if (phase !== undefined) this.#beside({ phase }, emit)
  }

  /** What stands beside the words: nobody would miss it at once. */
  #beside(delta: Json, emit: Emit): void {
    this.#begin(emit)
    emit(this.#writer.delta(0, delta), Sees.Nothing)
  }

  #ended(response: Json, emit: Emit): void {
    if (this.#finished) return
    this.#finished = true
    const usage = readResponseUsage(response)
    const end = readEnd(response, { words: this.#words, calls: this.#calls.size > 0 })
    if ('failure' in end) {
      emit(EMPTY, Sees.Failure, { failure: end.failure, usage })
      return
    }
    const { finishReason } = end
    this.#begin(emit)
    emit(this.#writer.finish(0, finishReason), Sees.Finish, { finishReason })
    emit(EMPTY, Sees.Usage, usageFacts(usage))
    emit(doneFrame, Sees.Done)
  }
}
