import type { ImageEditsCall } from '../../operations/image-edits/image-edits-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { ProviderOperation, StreamRequest, TranslationTarget } from '../provider.ts'
import { formRequest } from './form-request.ts'
import { ImageStreamTranslator, streamImagesAnswer } from './image-stream.ts'
import { readImagesAnswer } from './images-answer.ts'
import { imagesRequest } from './images-request.ts'
import type { ImagesRules } from './images-rules.ts'
import { jsonRequest } from './json-request.ts'

const PATH = '/images/edits'

/** Changed pictures of an upstream that speaks OpenAI's API, within its rules. */
export function imageEditsByRules(rules: ImagesRules): ProviderOperation<ImageEditsCall> {
  return {
    *answer(call, target) {
      const reply = yield { send: request({ ...call, stream: false }, target, rules) }
      return yield* readImagesAnswer(reply, call)
    },
    stream: (call, target) =>
      rules.streams?.(target.upstreamModel) === true ? streamOf(call, request(call, target, rules), false) : undefined,
  }
}

/** Changed pictures of another gateway, which gets every field as it is. */
export const imageEditsOfGateway: ProviderOperation<ImageEditsCall> = {
  *answer(call, target) {
    const reply = yield { send: gatewayRequest(call, target) }
    return yield* readImagesAnswer(reply, call, true)
  },
  stream: (call, target) => streamOf(call, gatewayRequest(call, target), true),
}

/** Pictures that came as bytes go on as a form, and those that lie at addresses as the JSON that names them. */
function request(call: ImageEditsCall, target: TranslationTarget, rules: ImagesRules): UpstreamRequest {
  const { form, outline, stream } = call
  if (form === undefined) return imagesRequest(call, target, rules, PATH)
  const writes = { ...(!stream && { partial_images: undefined }), ...rules.writes?.(outline, target.upstreamModel) }
  return formRequest(PATH, { form, outline, stream }, target, { writes })
}

function gatewayRequest(call: ImageEditsCall, target: TranslationTarget): UpstreamRequest {
  const { form, outline, stream } = call
  if (form === undefined) return jsonRequest(PATH, call, target, true)
  return formRequest(PATH, { form, outline, stream }, target, { isGateway: true })
}

const streamOf = (call: ImageEditsCall, asked: UpstreamRequest, isGateway: boolean): StreamRequest => ({
  request: asked,
  translator: new ImageStreamTranslator(isGateway),
  fromAnswer: (body, emit) => streamImagesAnswer(body, call, isGateway, emit),
})
