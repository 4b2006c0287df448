import { dataOf, isDone, jsonFrame } from '../../bytes/frames.ts'
import { isRecord, type Json } from '../../json.ts'
import { operations } from '../../operations/operations.ts'
import type { RecordingCall } from '../../operations/transcription/recording-call.ts'
import type { Bytes } from '../../transport.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { Sees, type Emit, type FrameTranslator } from '../provider.ts'
import { classifyErrorObject } from './classify.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { readTranscript, transcriptUsageIn } from './read-transcript.ts'

/**
 * Relays OpenAI's events of a transcript, and puts those of others into them: vLLM sends pieces as chat has them, and Mistral events of
 * its own. There is no end mark: the event with the whole text ends it.
 */
export class TranscriptStreamTranslator implements FrameTranslator {
  readonly #call: RecordingCall
  readonly #isGateway: boolean
  /** What was said so far, where nobody will say the whole of it. */
  #said = ''
  #usage: unknown
  #isFinished = false

  constructor(call: RecordingCall, isGateway: boolean) {
    this.#call = call
    this.#isGateway = isGateway
  }

  frame(upstream: Buffer, emit: Emit): void {
    const data = dataOf(upstream)
    if (data === undefined) return
    if (isDone(data)) {
      this.end(emit)
      emit(NOTHING, Sees.Done)
      return
    }
    const event = parsed(data)
    if (event === undefined) {
      emit(NOTHING, Sees.Failure, { failure: badReply('sent an event that is not JSON') })
      return
    }
    const error = errorIn(event)
    if (event['type'] === 'error' || error !== undefined) {
      emit(NOTHING, Sees.Failure, { failure: classifyErrorObject(error ?? event) })
    } else this.#event(event, upstream, emit)
  }

  /** What came as pieces of chat has no event of its own for the whole. */
  end(emit: Emit): void {
    if (!this.#isFinished) return
    this.#isFinished = false
    this.#done({ type: 'transcript.text.done', text: this.#said, usage: this.#usage }, undefined, emit)
  }

  #event(event: Json, frame: Bytes, emit: Emit): void {
    const { type, choices } = event
    if (Array.isArray(choices)) return this.#piece(choices, event, emit)
    switch (type) {
      case 'transcript.text.delta':
      case 'transcript.text.segment':
        emit(frame, Sees.Output)
        break
      case 'transcript.text.done':
        this.#done(event, frame, emit)
        break
      case 'transcription.text.delta':
        emit(jsonFrame({ type: 'transcript.text.delta', delta: event['text'] }), Sees.Output)
        break
      case 'transcription.segment':
        emit(jsonFrame({ ...event, type: 'transcript.text.segment' }), Sees.Output)
        break
      case 'transcription.done':
        this.#done({ type: 'transcript.text.done', text: event['text'], usage: event['usage'] }, undefined, emit)
        break
      default:
        // Whatever else is said is nobody's to read: Mistral tells the language first.
        emit(NOTHING, Sees.Nothing)
    }
  }

  #piece(choices: readonly unknown[], { usage }: Json, emit: Emit): void {
    if (isRecord(usage)) this.#usage = usage
    for (const choice of choices.filter(isRecord)) {
      const { delta, finish_reason: reason } = choice
      const content = isRecord(delta) ? delta['content'] : undefined
      if (typeof content === 'string' && content !== '') {
        this.#said += content
        emit(jsonFrame({ type: 'transcript.text.delta', delta: content }), Sees.Output)
      }
      if (typeof reason === 'string') this.#isFinished = true
    }
  }

  #done(event: Json, frame: Bytes | undefined, emit: Emit): void {
    const { usage } = event
    const counted = transcriptUsageIn(event)
    emit(frame ?? jsonFrame({ ...event, type: 'transcript.text.done' }), Sees.Output | Sees.Finish | Sees.Usage, {
      ...(this.#isGateway && gatewayFacts({ usage })),
      usage: counted,
      usageJson: isRecord(usage) ? usage : operations[this.#call.endpoint].usageJson(counted),
    })
  }
}

/**
 * A whole transcript as the events of a stream, for an upstream that was asked to stream and did not: models that cannot answer with all
 * of it, as JSON or as words.
 *
 * @throws BadReplyError when it is none.
 */
export function streamTranscript(body: Bytes, call: RecordingCall, isGateway: boolean, emit: Emit): void {
  const { usage, usageJson, charge, contentType } = readTranscript({ status: 200, headers: {}, body }, call, isGateway)
  const text = contentType === undefined ? textIn(body) : Buffer.from(body).toString('utf8')
  emit(jsonFrame({ type: 'transcript.text.delta', delta: text }), Sees.Output)
  emit(jsonFrame({ type: 'transcript.text.done', text }), Sees.Output | Sees.Finish | Sees.Usage, {
    usage,
    ...(usageJson !== undefined && { usageJson }),
    ...(charge !== undefined && { charge }),
  })
  emit(NOTHING, Sees.Done)
}

function textIn(body: Bytes): string {
  const text = parsed(Buffer.from(body))?.['text']
  if (typeof text !== 'string') throw new BadReplyError(badReply('sent something else than a transcript'))
  return text
}

function parsed(data: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const NOTHING: Bytes = Buffer.alloc(0)
