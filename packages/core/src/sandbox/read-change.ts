import type { Json } from '../json.ts'
import type { FormFile } from '../wire/form/form-file.ts'
import { hash } from './hash.ts'
import { badRequest } from './refusal.ts'

/**
 * A request to change pictures as one to draw what depends on the prompt and on the pictures.
 *
 * @param file what was seen of its files, where it came as a form.
 * @throws Refusal when there are no pictures.
 */
export function readChange(request: Json, file: FormFile | undefined): Json {
  const { images, prompt } = request
  const seen = file === undefined ? JSON.stringify(images ?? []) : file.beginning.toString('latin1')
  if (file === undefined ? !Array.isArray(images) || images.length === 0 : file.count === 0)
    throw badRequest('"image" must be a picture.', 'image')
  return {
    ...request,
    ...(typeof prompt === 'string' && prompt !== '' && { prompt: `${prompt} ${hash(seen)}` }),
    n: numberOf(request['n']),
    partial_images: numberOf(request['partial_images']),
  }
}

/** A form has numbers as texts. */
const numberOf = (value: unknown): unknown => (typeof value === 'string' ? Number(value) : value)
