import type { Image } from '../../wire/images.ts'
import type { Answer } from '../provider.ts'

/** OpenAI's usage object for images, of which every count is required: tokens are not what images are priced by. */
const NO_TOKENS = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  input_tokens_details: { text_tokens: 0, image_tokens: 0 },
}

/**
 * An answer of images in OpenAI's shape.
 *
 * @param facts.created seconds since the epoch.
 */
export function writeImagesAnswer(
  images: readonly Image[],
  facts: { readonly created: number; readonly usage?: Readonly<Record<string, unknown>> },
): Answer {
  const usageJson = { ...NO_TOKENS, ...facts.usage, images: images.length }
  const head = `{"created":${Math.trunc(facts.created)},"usage":`
  const usage = JSON.stringify(usageJson)
  const body = Buffer.from(`${head}${usage},"data":${JSON.stringify(images)}}`)
  return {
    body,
    edits: [],
    usage: { images: images.length },
    usageJson,
    usageAt: { start: head.length, end: head.length + usage.length },
  }
}
