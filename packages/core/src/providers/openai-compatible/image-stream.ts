import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import type { Usage } from '../../usage.ts'
import { dataOf, isDone } from '../../bytes/frames.ts'
import { NO_TOKENS } from '../../operations/images/image-events.ts'
import { operations } from '../../operations/operations.ts'
import type { DrawingCall } from '../../operations/images/drawing-operation.ts'
import { asBuffer, scanObject } from '../../bytes/scan-object.ts'
import { join, splice } from '../../bytes/splice.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { Sees, type Emit, type FrameTranslator } from '../provider.ts'
import { classifyErrorObject } from './classify.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { readImagesAnswer } from './images-answer.ts'
import { usageOf } from './write-images-answer.ts'

/** From a text, or from other pictures. */
const PARTIAL = /^image_(?:generation|edit)\.partial_image$/
export const FINISHED = /^image_(?:generation|edit)\.completed$/

/**
 * Relays OpenAI's events of images being drawn. They are megabytes large, so their pictures are never looked into. There is
 * no end mark: the last finished image ends the answer.
 */
export class ImageStreamTranslator implements FrameTranslator {
  readonly #isGateway: boolean
  #images = 0
  #tokens: Usage = {}

  constructor(isGateway: boolean) {
    this.#isGateway = isGateway
  }

  frame(upstream: Buffer, emit: Emit): void {
    const data = dataOf(upstream)
    if (data === undefined || isDone(data)) return
    const event = outlineOf(data)
    if (event === undefined) {
      emit(NOTHING, Sees.Failure, { failure: badReply('sent an event that is not JSON') })
      return
    }
    const { type } = event
    const error = errorIn(event)
    if (type === 'error' || error !== undefined) {
      emit(NOTHING, Sees.Failure, { failure: classifyErrorObject(error ?? event) })
    } else if (PARTIAL.test(String(type))) {
      emit(upstream, Sees.Output)
    } else if (FINISHED.test(String(type))) {
      this.#completed(event, upstream, emit)
    }
  }

  end(): void {
    // Nothing is held back.
  }

  #completed({ usage }: Json, frame: Bytes, emit: Emit): void {
    this.#images += 1
    const counted = isRecord(usage) ? usage : undefined
    if (counted !== undefined) this.#tokens = addTokens(this.#tokens, usageOf(counted, true))
    emit(frame, Sees.Output | Sees.Finish | Sees.Usage, {
      ...(this.#isGateway && gatewayFacts({ usage })),
      usage: { ...this.#tokens, images: this.#images },
      usageJson: { ...NO_TOKENS, ...counted, images: this.#images },
    })
  }
}

const addTokens = (a: Usage, b: Usage): Usage => ({
  inputTokens: (a.inputTokens ?? 0) + (b.inputTokens ?? 0),
  outputTokens: (a.outputTokens ?? 0) + (b.outputTokens ?? 0),
})

/**
 * A whole answer as the events of a stream, for an upstream that was asked to stream and did not.
 *
 * @throws BadReplyError when it is none, or has its images elsewhere.
 */
export function streamImagesAnswer(body: Bytes, call: DrawingCall, isGateway: boolean, emit: Emit): void {
  const step = readImagesAnswer({ status: 200, headers: {}, body }, call, isGateway).next()
  if (step.done !== true) throw new BadReplyError(badReply('sent addresses where images were to be streamed'))
  const { usage, usageJson, charge, body: whole } = step.value
  const frames = operations[call.endpoint].asEvents?.(asBuffer(whole)) ?? []
  for (const frame of frames.slice(0, -1)) emit(frame, Sees.Output)
  emit(frames.at(-1) ?? NOTHING, Sees.Output | Sees.Finish | Sees.Usage, {
    usage,
    ...(usageJson !== undefined && { usageJson }),
    ...(charge !== undefined && { charge }),
  })
  emit(NOTHING, Sees.Done)
}

const NOTHING: Bytes = Buffer.alloc(0)

/** An event parsed, its long strings left out; `undefined` when it is none. */
function outlineOf(data: Buffer): Json | undefined {
  const scan = scanObject(data)
  if (scan === undefined) return undefined
  const edits = scan.longStrings.map((span) => ({ ...span, text: '"…"' }))
  try {
    const value: unknown = JSON.parse(join(splice(data, edits)).toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
