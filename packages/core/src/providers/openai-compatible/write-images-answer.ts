import type { Usage } from '../../usage.ts'
import type { Bytes } from '../../transport.ts'
import { NO_TOKENS } from '../../operations/images/image-events.ts'
import type { Image } from '../../operations/images/images.ts'
import type { Answer } from '../provider.ts'

export interface ImagesFacts {
  /** How many there are. */
  readonly count: number
  /** Seconds since the epoch. */
  readonly created: number
  /** OpenAI's usage object, as far as the upstream counts tokens. */
  readonly usage?: Readonly<Record<string, unknown>> | undefined
  /** More members of the answer. */
  readonly more?: Readonly<Record<string, unknown>> | undefined
}

/** An answer of images in OpenAI's shape. */
export const imagesAnswer = (images: readonly Image[], created: number): Answer =>
  writeImagesAnswer(Buffer.from(JSON.stringify(images)), { count: images.length, created })

/**
 * An answer of images in OpenAI's shape.
 *
 * @param data the images as JSON.
 */
export function writeImagesAnswer(data: Bytes, { count, created, usage, more }: ImagesFacts): Answer {
  const usageJson = { ...NO_TOKENS, ...usage, images: count }
  const json = JSON.stringify(usageJson)
  const members = Object.entries({ created: Math.trunc(created), ...more }).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  )
  const head = Buffer.from(`{${members.join(',')},"usage":`)
  return {
    body: Buffer.concat([head, Buffer.from(`${json},"data":`), data, Buffer.from('}')]),
    edits: [],
    usage: usageOf(usageJson, usage !== undefined),
    usageJson,
    usageAt: { start: head.length, end: head.length + Buffer.byteLength(json) },
  }
}

/** What images consumed: how many were made, and the tokens where the upstream counts them. */
export function usageOf(usageJson: Readonly<Record<string, unknown>>, countsTokens: boolean): Usage {
  const { images, input_tokens: input, output_tokens: output } = usageJson
  return {
    images: known(images),
    ...(countsTokens && { inputTokens: known(input), outputTokens: known(output) }),
  }
}

const known = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
