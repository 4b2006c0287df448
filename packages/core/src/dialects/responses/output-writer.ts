import { isRecord } from '../../json.ts'
import type {
  ResponseAnnotation,
  ResponseFunctionCall,
  ResponseHappening,
  ResponseImage,
  ResponseItem,
  ResponseMessage,
  ResponseReasoning,
} from './shapes.ts'
import { voices, type ItemPlace, type Voice } from './voices.ts'

/** An item that is not finished. */
interface Open<Item> {
  readonly item: Item
  readonly place: ItemPlace
}

/** What is being said: an item, and the part of it that is open. */
interface Speech extends Open<ResponseMessage | ResponseReasoning> {
  readonly voice: Voice
  /** Which part of the item it is. */
  readonly index: number
  words: string
  /** What they rest on: the very list that the answer will have. */
  readonly annotations: ResponseAnnotation[]
}

/** A call under way. It becomes an item once its name is known. */
interface Call {
  id: string
  name: string
  given: string
  open: Open<ResponseFunctionCall> | undefined
}

/**
 * Turns what chat says into the items of a response, and tells how they grow. Words belong to one item at a time: another
 * voice, or a call, ends it. Calls may grow side by side, so they stay open to the end.
 */
export class OutputWriter {
  readonly items: ResponseItem[] = []
  readonly #idStem: string
  readonly #happen: (happening: ResponseHappening) => void
  readonly #calls = new Map<number, Call>()
  #speech: Speech | undefined
  /** The text said last, which sources may be named for after it has ended. */
  #text: Speech | undefined
  /** Sources that are named before any text. */
  #early: ResponseAnnotation[] = []

  constructor(idStem: string, happen: (happening: ResponseHappening) => void) {
    this.#idStem = idStem
    this.#happen = happen
  }

  say(voice: Voice, words: unknown): void {
    if (typeof words !== 'string' || words === '') return
    const speech = this.#speech?.voice === voice ? this.#speech : this.#beginSpeech(voice)
    speech.words += words
    this.#happen(voices[voice].delta(speech.place, speech.index, words))
  }

  /** Names what the text rests on. */
  annotate(annotation: ResponseAnnotation): void {
    const text = this.#text
    if (text === undefined) {
      this.#early.push(annotation)
      return
    }
    this.#happen({
      type: 'response.output_text.annotation.added',
      ...text.place,
      content_index: text.index,
      annotation_index: text.annotations.length,
      annotation,
    })
    text.annotations.push(annotation)
  }

  /** A picture, in base64. */
  picture(result: string): void {
    this.#endSpeech('completed')
    const id = this.#nextId('ig')
    const open = this.#add<ResponseImage>({ id, type: 'image_generation_call', status: 'in_progress', result: null })
    open.item.status = 'completed'
    open.item.result = result
    this.#happen({ type: 'response.image_generation_call.completed', ...open.place })
    this.#done(open)
  }

  /** @param position which call of the message it is, where it does not say so itself. */
  call(said: unknown, position: number): void {
    if (!isRecord(said)) return
    const { name, arguments: given } = isRecord(said['function']) ? said['function'] : {}
    const call = this.#callAt(typeof said['index'] === 'number' ? said['index'] : position)
    call.id ||= textOr(said['id'], '')
    call.name ||= textOr(name, '')
    call.given += textOr(given, '')
    if (call.open !== undefined) this.#tellGiven(call.open, textOr(given, ''))
    else if (call.name !== '') this.#tellGiven(this.#beginCall(call), call.given)
  }

  /** Ends what is open. Of an answer that was cut short, the last item is the one that was cut. */
  end(status: 'completed' | 'incomplete'): void {
    for (const call of this.#calls.values()) {
      if (call.open === undefined) this.#tellGiven(this.#beginCall(call), call.given)
    }
    // An answer without output has an empty text, where everybody looks for one.
    if (this.items.length === 0) this.#beginSpeech('text')
    const last = this.items.at(-1)
    this.#endSpeech(this.#speech?.item === last ? status : 'completed')
    for (const { open, given } of this.#calls.values()) {
      if (open !== undefined) this.#endCall(open, given, open.item === last ? status : 'completed')
    }
  }

  /** Leaves the items as far as they have come. */
  breakOff(): void {
    if (this.#speech !== undefined) keepWords(this.#speech)
    for (const { open, given } of this.#calls.values()) if (open !== undefined) open.item.arguments = given
    for (const item of this.items) {
      if (item.type !== 'reasoning' && item.type !== 'image_generation_call' && item.status === 'in_progress') {
        item.status = 'incomplete'
      }
    }
  }

  #beginSpeech(voice: Voice): Speech {
    const { item: type, begun } = voices[voice]
    const before = this.#speech
    let open: Open<ResponseMessage | ResponseReasoning>
    if (before?.item.type === type) {
      this.#endPart(before)
      open = before
    } else {
      this.#endSpeech('completed')
      open =
        type === 'message'
          ? this.#add({ id: this.#nextId('msg'), type, status: 'in_progress', role: 'assistant', content: [] })
          : this.#add({ id: this.#nextId('rs'), type, summary: [] })
    }
    const { item, place } = open
    const speech: Speech = { voice, item, place, index: partsOf(item).length, words: '', annotations: [] }
    this.#speech = speech
    this.#happen(begun(place, speech.index))
    if (voice === 'text') {
      this.#text = speech
      for (const annotation of this.#early.splice(0)) this.annotate(annotation)
    }
    return speech
  }

  #endPart(speech: Speech): void {
    keepWords(speech)
    for (const happening of voices[speech.voice].ended(speech.place, speech.index, speech.words, speech.annotations)) {
      this.#happen(happening)
    }
  }

  #endSpeech(status: 'completed' | 'incomplete'): void {
    const speech = this.#speech
    this.#speech = undefined
    if (speech === undefined) return
    this.#endPart(speech)
    if (speech.item.type === 'message') speech.item.status = status
    this.#done(speech)
  }

  #callAt(index: number): Call {
    const known = this.#calls.get(index)
    if (known !== undefined) return known
    const call: Call = { id: '', name: '', given: '', open: undefined }
    this.#calls.set(index, call)
    return call
  }

  #beginCall(call: Call): Open<ResponseFunctionCall> {
    this.#endSpeech('completed')
    const id = this.#nextId('fc')
    const item: ResponseFunctionCall = {
      id,
      type: 'function_call',
      status: 'in_progress',
      // Callers answer by it, and some upstreams give none.
      call_id: call.id || `call_${id}`,
      name: call.name,
      arguments: '',
    }
    call.open = this.#add(item)
    return call.open
  }

  #tellGiven({ place }: Open<ResponseFunctionCall>, delta: string): void {
    if (delta !== '') this.#happen({ type: 'response.function_call_arguments.delta', ...place, delta })
  }

  #endCall(open: Open<ResponseFunctionCall>, given: string, status: 'completed' | 'incomplete'): void {
    const { item, place } = open
    item.arguments = given
    item.status = status
    this.#happen({ type: 'response.function_call_arguments.done', ...place, name: item.name, arguments: given })
    this.#done(open)
  }

  #nextId(prefix: string): string {
    return `${prefix}_${this.#idStem}_${this.items.length}`
  }

  #add<Item extends ResponseItem>(item: Item): Open<Item> {
    const place = { item_id: item.id, output_index: this.items.length }
    this.items.push(item)
    this.#happen({ type: 'response.output_item.added', output_index: place.output_index, item })
    return { item, place }
  }

  #done({ item, place }: Open<ResponseItem>): void {
    this.#happen({ type: 'response.output_item.done', output_index: place.output_index, item })
  }
}

const partsOf = (item: ResponseMessage | ResponseReasoning): unknown[] =>
  item.type === 'message' ? item.content : item.summary

function keepWords({ voice, item, words, annotations }: Speech): void {
  partsOf(item).push(voices[voice].part(words, annotations))
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)
