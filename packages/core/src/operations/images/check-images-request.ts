import { SpekaError } from '../../errors.ts'
import {
  checkKinds,
  checkModel,
  count,
  missing,
  oneOf,
  sharedFields,
  text,
  wrong,
  type FieldKinds,
  type Kind,
} from '../../wire/check-field.ts'
import type { ImagesRequest } from './images.ts'
import { checkPreferences } from '../../wire/routing-preferences.ts'

/** OpenAI's own limit, and the largest edge any provider of ours draws, with room. */
const MOST_IMAGES = 10
const LONGEST_EDGE = 8192

const imageCount: Kind = {
  article: `a whole number from 1 to ${MOST_IMAGES}`,
  is: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_IMAGES,
}
const size: Kind = {
  article: 'width and height in pixels, such as "1024x1024", or "auto"',
  is: (value) => value === 'auto' || (typeof value === 'string' && sizeOf(value) !== undefined),
}

const optional: FieldKinds = {
  ...sharedFields,
  n: imageCount,
  size,
  response_format: oneOf('b64_json', 'url'),
  quality: text,
  style: text,
  output_format: text,
  partial_images: count,
}

/**
 * Checks the fields of an image request that the gateway itself relies on.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function checkImagesRequest(value: unknown): ImagesRequest {
  const request = checkModel(value)
  const prompt = request['prompt']
  if (prompt === undefined || prompt === null) throw missing('prompt', 'a text that says what to draw')
  if (typeof prompt !== 'string') throw wrong('prompt', text)
  if (prompt === '') throw new SpekaError('invalid_value', '"prompt" is empty. Say what to draw.', { param: 'prompt' })
  checkKinds(request, optional)
  if (request['provider'] != null) checkPreferences(request['provider'])
  return request as unknown as ImagesRequest
}

/** A size as OpenAI writes it, in pixels; `undefined` when it is none, or `auto`. */
export function sizeOf(value: string | null | undefined): { width: number; height: number } | undefined {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(value ?? '')
  const [width, height] = [Number(match?.[1]), Number(match?.[2])]
  return width >= 1 && height >= 1 && width <= LONGEST_EDGE && height <= LONGEST_EDGE ? { width, height } : undefined
}
