import { asBuffer } from '../../bytes/scan-object.ts'
import { dataOf, isDone, jsonFrame } from '../../bytes/frames.ts'
import { isRecord } from '../../json.ts'
import { speechOperation } from '../../operations/speech/speech-operation.ts'
import type { SpeechCall } from '../../operations/speech/speech-call.ts'
import type { Bytes } from '../../transport.ts'
import { badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { Sees, type Emit, type FrameTranslator, type ProviderOperation } from '../provider.ts'
import { countOf } from '../translated/count-of.ts'
import { classifyErrorObject } from './classify.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { jsonRequest } from './json-request.ts'

const PATH = '/audio/speech'

/** What a sound comes as. Raw samples have no type that everybody knows. */
const SOUND = /^(?:audio\/|application\/octet-stream)/i

/** Speech of an upstream that takes OpenAI's request: a sound as it comes, or events with its pieces in base64. */
export const speechLikeOpenAI = (isGateway = false): ProviderOperation<SpeechCall> => ({
  bytes: (call, target) =>
    call.stream ? undefined : { request: speechRequest(call, target, isGateway), types: SOUND },
  stream: (call, target) => ({
    request: speechRequest(call, target, isGateway),
    translator: new SpeechStreamTranslator(isGateway),
    fromAnswer: speechInEvents,
  }),
  *answer(call, target) {
    const { body, headers } = yield { send: speechRequest(call, target, isGateway) }
    const contentType = headers['content-type'] ?? 'application/octet-stream'
    return { body, edits: [], usage: {}, usageJson: undefined, usageAt: undefined, contentType }
  },
})

function speechRequest(call: SpeechCall, target: Parameters<typeof jsonRequest>[2], isGateway: boolean) {
  const request = jsonRequest(PATH, call, target, isGateway)
  return call.stream ? request : { ...request, headers: { ...request.headers, accept: '*/*' } }
}

/** Relays OpenAI's events of speech. There is no end mark: the event that it is done ends it. */
class SpeechStreamTranslator implements FrameTranslator {
  readonly #isGateway: boolean

  constructor(isGateway: boolean) {
    this.#isGateway = isGateway
  }

  frame(upstream: Buffer, emit: Emit): void {
    const data = dataOf(upstream)
    if (data === undefined) return
    if (isDone(data)) return emit(NOTHING, Sees.Done)
    const kind = KIND.exec(data.toString('latin1', 0, 200))?.[1]
    // Nearly all of it: its sound is not looked at.
    if (kind === 'delta') return emit(upstream, Sees.Output)
    const event = parsed(data)
    if (!isRecord(event)) return emit(NOTHING, Sees.Failure, { failure: badReply('sent an event that is not JSON') })
    const error = errorIn(event)
    if (error !== undefined || event['type'] === 'error')
      return emit(NOTHING, Sees.Failure, { failure: classifyErrorObject(error ?? event) })
    if (kind !== 'done') return emit(upstream, event['type'] === 'speech.audio.delta' ? Sees.Output : Sees.Nothing)
    const { usage } = event
    const told = isRecord(usage) ? usage : {}
    const [inputTokens, outputTokens] = [countOf(told['input_tokens']), countOf(told['output_tokens'])]
    emit(upstream, Sees.Output | Sees.Finish | Sees.Usage, {
      ...(this.#isGateway && gatewayFacts({ usage })),
      usage: { inputTokens, outputTokens, audioOutputTokens: outputTokens },
      usageJson: isRecord(usage) ? usage : speechOperation.usageJson({ inputTokens, outputTokens }),
    })
  }

  end(): void {
    // Nothing is held back.
  }
}

/** What kind of event it is, where that is said first, as everybody does. */
const KIND = /^\s*\{\s*"type"\s*:\s*"speech\.audio\.(delta|done)"/

/** Of sound in each event, when it comes in one piece: a multiple of three, so that base64 needs no filling. */
const PIECE_BYTES = 24 * 1024

/** A whole sound as the events of a stream, for an upstream that was asked for events and has none. */
function speechInEvents(body: Bytes, emit: Emit): void {
  const sound = asBuffer(body)
  if (sound[0] === 0x7b) {
    const event = parsed(sound)
    const error = isRecord(event) ? errorIn(event) : undefined
    const failure = error === undefined ? badReply('sent something else than a sound') : classifyErrorObject(error)
    return emit(NOTHING, Sees.Failure, { failure })
  }
  for (let at = 0; at < sound.length; at += PIECE_BYTES) {
    const audio = sound.toString('base64', at, at + PIECE_BYTES)
    emit(jsonFrame({ type: 'speech.audio.delta', audio }), Sees.Output)
  }
  emit(jsonFrame({ type: 'speech.audio.done' }), Sees.Output | Sees.Finish)
  emit(NOTHING, Sees.Done)
}

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'))
  } catch {
    return undefined
  }
}

const NOTHING: Bytes = Buffer.alloc(0)
