import { sizeOf } from '../operations/images/check-images-request.ts'
import { drawPattern, type Size } from './draw-pattern.ts'
import { hash } from './hash.ts'
import { partSeen } from './part-seen.ts'
import { badRequest } from './refusal.ts'

/** OpenAI's own limits. */
const MAX_IMAGES = 10
const MAX_PARTIAL_IMAGES = 3

const USUAL_SIZE: Size = { width: 64, height: 64 }
const LEAST_EDGE = 16
const MOST_EDGE = 2048
/** Five of the largest: it draws them while everybody else waits. */
const MOST_PIXELS = 5 * MOST_EDGE * MOST_EDGE

/** What the sandbox has understood of an image request. */
export interface Drawing {
  readonly count: number
  readonly format: 'b64_json' | 'url'
  /** How many unfinished images a stream shows before each finished one. */
  readonly partialImages: number
  readonly size: Size
  /** The image of this index in base64: the first `share` of its lines, and blank ones. @default 1 */
  image(index: number, share?: number): string
}

/**
 * Reads an image request. Each prompt has its own pattern, 64 by 64 pixels unless it asks for another size.
 *
 * @throws Refusal when the request makes no sense.
 */
export function readDrawing(request: Readonly<Record<string, unknown>>): Drawing {
  const prompt = request['prompt']
  if (typeof prompt !== 'string' || prompt === '') throw badRequest('"prompt" must be a text.', 'prompt')
  const format = request['response_format'] ?? 'b64_json'
  if (format !== 'b64_json' && format !== 'url') {
    throw badRequest('"response_format" must be "b64_json" or "url".', 'response_format')
  }
  const size = sizeIn(request['size'])
  const count = numberIn(request, 'n', 1, MAX_IMAGES) ?? 1
  const partialImages = numberIn(request, 'partial_images', 0, MAX_PARTIAL_IMAGES) ?? 0
  if (count * (1 + partialImages) * size.width * size.height > MOST_PIXELS)
    throw badRequest('So many images of that size are more than the sandbox draws at once. Ask for fewer.', 'n')
  const seen = partSeen(prompt)
  return {
    count,
    partialImages,
    format,
    size,
    image: (index, share = 1) => drawPattern(hash(`${index} ${seen}`), size, share).toString('base64'),
  }
}

export interface ImagesAnswer {
  readonly created: number
  readonly data: readonly ({ b64_json: string } | { url: string })[]
}

/** The answer to an image request, a pure function of it. */
export function imagesAnswer({ count, format, image }: Drawing, created: number): ImagesAnswer {
  const data = Array.from({ length: count }, (_, index) => {
    const base64 = image(index)
    return format === 'url' ? { url: `data:image/png;base64,${base64}` } : { b64_json: base64 }
  })
  return { created, data }
}

function sizeIn(value: unknown): Size {
  if (value == null || value === 'auto') return USUAL_SIZE
  const size = typeof value === 'string' ? sizeOf(value) : undefined
  if (size !== undefined && isDrawn(size.width) && isDrawn(size.height)) return size
  throw badRequest(
    `"size" must be "auto", or a width and a height from ${LEAST_EDGE} to ${MOST_EDGE} pixels such as "1024x1024".`,
    'size',
  )
}

const isDrawn = (edge: number): boolean => edge >= LEAST_EDGE && edge <= MOST_EDGE

function numberIn(
  request: Readonly<Record<string, unknown>>,
  param: string,
  least: number,
  most: number,
): number | undefined {
  const value = request[param]
  if (value == null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw badRequest(`"${param}" must be a whole number from ${least} to ${most}.`, param)
}
