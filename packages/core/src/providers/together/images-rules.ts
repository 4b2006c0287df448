import { sizeOf } from '../../operations/images/check-images-request.ts'
import type { ImagesRequest } from '../../operations/images/images.ts'
import type { ImagesRules } from '../openai-compatible/images-rules.ts'

/** Together's image API: OpenAI's, but for the size in two numbers and another name for base64. */
export const togetherImages: ImagesRules = {
  writes: (request, upstreamModel) => ({
    response_format: request.response_format === 'url' ? 'url' : 'base64',
    size: undefined,
    ...sizeOf(request.size),
    ...stepsOf(request, upstreamModel),
  }),
}

/** FLUX.1 [schnell] is made for four steps; Together's default is for slower models. */
const stepsOf = ({ steps }: ImagesRequest, upstreamModel: string): { steps?: number } =>
  /schnell/i.test(upstreamModel) && (steps === undefined || steps === null) ? { steps: 4 } : {}
