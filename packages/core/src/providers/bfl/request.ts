import type { Json } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { sizeOf } from '../../operations/images/check-images-request.ts'
import type { DrawingCall } from '../../operations/images/drawing-operation.ts'
import type { ImagesCall } from '../../operations/images/images-call.ts'
import { nearestSize, type Size, type SizeLimits } from '../flux/nearest-size.ts'
import { imageParametersLeft } from '../flux/parameters-left.ts'
import { wholeFields } from '../flux/whole-field.ts'
import type { TranslationTarget } from '../provider.ts'

/** The sizes of the models that are asked for one; the others are asked for a shape. */
const SIZES: SizeLimits = { least: 256, most: 1440, step: 32 }

/** How many times as long one way as the other a shape may be. */
const LONGEST_SHAPE = 21 / 9

/** Parameters of BFL's own that callers may send. */
const OWN = [
  'seed',
  'steps',
  'guidance',
  'prompt_upsampling',
  'safety_tolerance',
  'output_format',
  'aspect_ratio',
  'raw',
  'image_prompt',
  'image_prompt_strength',
  'input_image',
]

const takesShape = ({ upstreamModel }: TranslationTarget): boolean => /ultra|kontext/.test(upstreamModel)

/** What BFL cannot be told. */
export const bflParametersLeft = ({ outline }: DrawingCall, target: TranslationTarget): string[] =>
  imageParametersLeft(outline, OWN, takesShape(target) ? undefined : SIZES)

/** The order of one image. */
export const bflRequest = (call: ImagesCall, target: TranslationTarget, index: number): UpstreamRequest => ({
  ...orderAt(target),
  body: [Buffer.from(JSON.stringify(fieldsOf(call, target, index)))],
})

/** Where images of a model are ordered. */
export const orderAt = ({ upstreamModel }: TranslationTarget) =>
  ({
    method: 'POST',
    path: `/${upstreamModel}`,
    headers: { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' },
  }) as const

/** What of a request says what to draw. */
export function fieldsOf(call: DrawingCall, target: TranslationTarget, index: number): Json {
  const size = sizeOf(call.outline.size)
  const { seed } = call.outline
  return {
    ...wholeFields(call, ['prompt', ...OWN]),
    ...(size !== undefined && (takesShape(target) ? { aspect_ratio: shapeOf(size) } : nearestSize(size, SIZES))),
    // Another seed for each, or the images would be one.
    ...(typeof seed === 'number' && { seed: seed + index }),
  }
}

/** A size as a shape, such as `16:9`. */
function shapeOf({ width, height }: Size): string {
  if (width / height > LONGEST_SHAPE) return '21:9'
  if (height / width > LONGEST_SHAPE) return '9:21'
  const common = greatestCommonDivisor(width, height)
  return `${width / common}:${height / common}`
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))
