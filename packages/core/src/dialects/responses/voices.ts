import type { ResponseAnnotation, ResponseHappening, ResponseRefusal, ResponseSummary, ResponseText } from './shapes.ts'

/** What a model says in words. */
export type Voice = 'reasoning' | 'text' | 'refusal'

export interface ItemPlace {
  readonly item_id: string
  readonly output_index: number
}

/** How an answer holds what is said in one voice, and how a stream tells of it. `index` counts parts within an item. */
interface VoiceEvents {
  readonly item: 'message' | 'reasoning'
  /** @param annotations what the words rest on. */
  part(words: string, annotations: ResponseAnnotation[]): ResponseText | ResponseRefusal | ResponseSummary
  begun(place: ItemPlace, index: number): ResponseHappening
  delta(place: ItemPlace, index: number, delta: string): ResponseHappening
  ended(place: ItemPlace, index: number, words: string, annotations: ResponseAnnotation[]): ResponseHappening[]
}

const textPart = (text: string, annotations: ResponseAnnotation[] = []): ResponseText => ({
  type: 'output_text',
  text,
  annotations,
  logprobs: [],
})
const refusalPart = (refusal: string): ResponseRefusal => ({ type: 'refusal', refusal })
const summaryPart = (text: string): ResponseSummary => ({ type: 'summary_text', text })

const text: VoiceEvents = {
  item: 'message',
  part: textPart,
  begun: (place, index) => ({
    type: 'response.content_part.added',
    ...place,
    content_index: index,
    part: textPart(''),
  }),
  delta: (place, index, delta) => ({
    type: 'response.output_text.delta',
    ...place,
    content_index: index,
    delta,
    logprobs: [],
  }),
  ended: (place, index, words, annotations) => [
    { type: 'response.output_text.done', ...place, content_index: index, text: words, logprobs: [] },
    { type: 'response.content_part.done', ...place, content_index: index, part: textPart(words, annotations) },
  ],
}

const refusal: VoiceEvents = {
  item: 'message',
  part: refusalPart,
  begun: (place, index) => ({
    type: 'response.content_part.added',
    ...place,
    content_index: index,
    part: refusalPart(''),
  }),
  delta: (place, index, delta) => ({ type: 'response.refusal.delta', ...place, content_index: index, delta }),
  ended: (place, index, words) => [
    { type: 'response.refusal.done', ...place, content_index: index, refusal: words },
    { type: 'response.content_part.done', ...place, content_index: index, part: refusalPart(words) },
  ],
}

/** Told as a summary: that is where clients look for reasoning. */
const reasoning: VoiceEvents = {
  item: 'reasoning',
  part: summaryPart,
  begun: (place, index) => ({
    type: 'response.reasoning_summary_part.added',
    ...place,
    summary_index: index,
    part: summaryPart(''),
  }),
  delta: (place, index, delta) => ({
    type: 'response.reasoning_summary_text.delta',
    ...place,
    summary_index: index,
    delta,
  }),
  ended: (place, index, words) => [
    { type: 'response.reasoning_summary_text.done', ...place, summary_index: index, text: words },
    { type: 'response.reasoning_summary_part.done', ...place, summary_index: index, part: summaryPart(words) },
  ],
}

export const voices: Readonly<Record<Voice, VoiceEvents>> = { reasoning, text, refusal }
