import { SpekaError } from '../../errors.ts'
import { isRecord } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { missing, wrong, type Kind } from '../../wire/check-field.ts'
import type { FormEvent } from '../../wire/form/form-event.ts'
import { imageType } from '../../wire/image-type.ts'

/** OpenAI's own limit of sixteen pictures, and a mask. */
export const MOST_PICTURES = 17

/** A picture as JSON has it, or as code does. */
export interface GivenPicture {
  /** The field of a form that it would be sent in. */
  readonly field: 'image[]' | 'mask'
  readonly bytes?: Bytes
  readonly contentType?: string
  /** Where it lies, when its bytes are not there. */
  readonly address?: string
}

const PICTURE: Kind = { article: 'a picture: { "image_url": "data:… or https://…" }', is: () => false }

/**
 * The pictures of a request, its mask last.
 *
 * @throws SpekaError when there is none, or one that is no picture.
 */
export function picturesIn({ images, mask }: Readonly<Record<string, unknown>>): GivenPicture[] {
  if (images === undefined || images === null) throw missing('images', 'a list of the pictures to change')
  if (!Array.isArray(images)) throw wrong('images', { article: 'a list of pictures', is: Array.isArray })
  if (images.length === 0 || images.length >= MOST_PICTURES) {
    const message = `"images" has ${images.length} pictures. Send 1 to ${MOST_PICTURES - 1}.`
    throw new SpekaError('invalid_value', message, { param: 'images' })
  }
  const pictures = images.map((image: unknown, index) => pictureIn(image, `images[${index}]`, 'image[]'))
  return mask === undefined || mask === null ? pictures : [...pictures, pictureIn(mask, 'mask', 'mask')]
}

function pictureIn(given: unknown, param: string, field: GivenPicture['field']): GivenPicture {
  if (given instanceof Uint8Array) return { field, bytes: given, contentType: typeOf(given) }
  const { image_url: address = given, file_id: file } = isRecord(given) ? given : {}
  if (file !== undefined) {
    const message = `"${param}.file_id" names a file, and the gateway keeps none. Send the picture as "image_url", within a data: URL.`
    throw new SpekaError('unsupported_parameter', message, { param: `${param}.file_id` })
  }
  if (typeof address !== 'string') throw wrong(param, PICTURE)
  if (/^https?:\/\//i.test(address)) return { field, address }
  const [head, contentType = 'image/png'] = /^data:(image\/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*;base64,/i.exec(address) ?? []
  if (head === undefined) throw wrong(param, PICTURE)
  const bytes = Buffer.from(address.slice(head.length), 'base64')
  if (bytes.length === 0) throw new SpekaError('invalid_value', `"${param}" is empty. Send a picture.`, { param })
  return { field, bytes, contentType }
}

const typeOf = (bytes: Bytes): string => `image/${imageType(Buffer.from(bytes.subarray(0, 16)).toString('base64'))}`

/** A picture as a form has it. */
export const pictureEvents = ({ field, bytes, contentType }: GivenPicture): FormEvent[] =>
  bytes === undefined
    ? []
    : [
        { kind: 'file', head: { name: field, filename: `picture.${endingOf(contentType)}`, contentType } },
        { kind: 'bytes', bytes },
      ]

/** Providers go by what a file is called. */
const endingOf = (contentType = 'image/png'): string =>
  contentType.slice('image/'.length).replace('jpeg', 'jpg').replace(/\+.*$/, '')
