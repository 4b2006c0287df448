import type { UpstreamRequest } from '../../transport.ts'
import type { ImagesCall } from '../../operations/images/images-call.ts'
import type { ProviderOperation, StreamRequest } from '../provider.ts'
import { ImageStreamTranslator, streamImagesAnswer } from './image-stream.ts'
import { readImagesAnswer } from './images-answer.ts'
import { gatewayImagesRequest, imagesRequest } from './images-request.ts'
import { openAIImages, type ImagesRules } from './images-rules.ts'

/** Images of an upstream that speaks OpenAI's API, within its rules. */
export function imagesByRules(rules: ImagesRules = openAIImages): ProviderOperation<ImagesCall> {
  return {
    *answer(call, target) {
      const reply = yield { send: imagesRequest({ ...call, stream: false }, target, rules) }
      return yield* readImagesAnswer(reply, call)
    },
    stream: (call, target) =>
      rules.streams?.(target.upstreamModel) === true
        ? streamOf(call, imagesRequest(call, target, rules), false)
        : undefined,
  }
}

/** Images of another gateway. */
export const imagesOfGateway: ProviderOperation<ImagesCall> = {
  *answer(call, target) {
    const reply = yield { send: gatewayImagesRequest(call, target) }
    return yield* readImagesAnswer(reply, call, true)
  },
  stream: (call, target) => streamOf(call, gatewayImagesRequest(call, target), true),
}

const streamOf = (call: ImagesCall, request: UpstreamRequest, isGateway: boolean): StreamRequest => ({
  request,
  translator: new ImageStreamTranslator(isGateway),
  fromAnswer: (body, emit) => streamImagesAnswer(body, call, isGateway, emit),
})
