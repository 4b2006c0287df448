import type { ImagesRequest } from '../../operations/images/images.ts'

/** What an upstream takes of an image request in another way than OpenAI. */
export interface ImagesRules {
  /** Fields as it wants them; `undefined` leaves one out that loses nothing by it. Default: as the caller sent them. */
  readonly writes?: (request: ImagesRequest, upstreamModel: string) => Readonly<Record<string, unknown>>
  /** Whether it draws a model's images before the caller's eyes, in OpenAI's events. Default: no. */
  readonly streams?: (upstreamModel: string) => boolean
}

/** OpenAI's image models of today, whoever resells them. They answer with bytes and refuse to be asked how. */
const isGptImage = (model: string): boolean => /(?:^|\/)(?:chat)?gpt-image/.test(model)

/** What upstreams do that pass OpenAI's fields on. */
export const openAIImages: ImagesRules = {
  writes: (_, upstreamModel) => (isGptImage(upstreamModel) ? { response_format: undefined } : {}),
  streams: isGptImage,
}
