import { sizeOf } from '../../operations/images/check-images-request.ts'
import type { ImagesRequest } from '../../operations/images/images.ts'
import { parametersLeft } from '../sent-parameters.ts'
import { draws, type SizeLimits } from './nearest-size.ts'

/** The parameters of OpenAI's that any of these models can be given. */
const COMMON = ['prompt', 'n', 'size', 'response_format']

/** Values that leave the choice to the model. */
const asksNothing = (value: unknown): boolean => value === 'auto' || value === 0

/**
 * The parameters of a request that a model cannot take, in the caller's order: `size` too where another one is drawn.
 *
 * @param own parameters of the model's own.
 * @param limits of a model that is asked for a size; others are asked for a shape.
 */
export function imageParametersLeft(
  request: ImagesRequest,
  own: readonly string[],
  limits: SizeLimits | undefined,
): string[] {
  const size = sizeOf(request.size)
  const taken = new Set([...COMMON, ...own])
  if (size !== undefined && (limits === undefined || !draws(size, limits))) taken.delete('size')
  return parametersLeft(request, taken).filter((name) => !asksNothing(request[name]))
}
