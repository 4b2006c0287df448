import { scanObject, type ObjectScan } from '../../bytes/scan-object.ts'
import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import { missing } from '../../wire/check-field.ts'
import { FormBody } from '../../wire/form/form-body.ts'
import { readFormFields, writeFormFields, type FieldReading } from '../../wire/form/form-fields.ts'
import { parseWholeBody, parseBody, type BodyAids } from '../../wire/parse-body.ts'
import { writeBody } from '../../wire/write-body.ts'
import { checkImagesRequest } from '../images/check-images-request.ts'
import type { ImagesRequest } from '../images/images.ts'
import { MOST_PICTURES, pictureEvents, picturesIn, type GivenPicture } from './given-pictures.ts'

/**
 * A request to change pictures on its way through the engine. Those that came as bytes stand in its form, and its fields are its body; where
 * some lie at addresses, there is no form, and all of them stand in the body.
 */
export interface ImageEditsCall extends CallBody<ImagesRequest> {
  readonly endpoint: 'image_edits'
  /** How many pictures it has at the most. */
  readonly mostPictures: number
}

const readings: Readonly<Record<string, FieldReading>> = {
  n: 'number',
  partial_images: 'number',
  output_compression: 'number',
}

/**
 * Makes a call of a form.
 *
 * @throws SpekaError what {@link checkImagesRequest} finds, and `missing_required_parameter` or `invalid_value` for the pictures.
 */
export function readImageEditsForm(form: FormBody, facts: CallFacts): ImageEditsCall {
  const fields = checkImagesRequest(readFormFields(form.fields, readings))
  checkFiles(form)
  return ofForm(form, fields, form.isWhole ? form.file.count : MOST_PICTURES, facts)
}

/**
 * Makes the same call of JSON, whose pictures are addresses.
 *
 * @throws SpekaError what {@link parseWholeBody} finds, and what is wrong with the request.
 */
export function readImageEdits(body: Bytes, facts: CallFacts, aids?: BodyAids): ImageEditsCall {
  const request = parseWholeBody(body, aids)
  const pictures = picturesIn(request)
  if (pictures.every(({ bytes }) => bytes !== undefined)) return ofPictures(request, pictures, facts)
  const { value, scan } = parseBody(body, aids)
  return ofAddresses(body, scan, checkImagesRequest(value), pictures, facts)
}

/**
 * Makes the same call of an object, whose pictures may be bytes.
 *
 * @throws SpekaError when it makes no sense.
 */
export function writeImageEdits(request: Readonly<Record<string, unknown>>, facts: CallFacts): ImageEditsCall {
  const pictures = picturesIn(request)
  if (pictures.every(({ bytes }) => bytes !== undefined)) return ofPictures(request, pictures, facts)
  if (pictures.some(({ address }) => address === undefined))
    throw new SpekaError('invalid_value', 'Send all pictures as bytes, or all as addresses.', { param: 'images' })
  const { body, scan } = writeBody(request)
  return ofAddresses(body, scan, checkImagesRequest(request), pictures, facts)
}

function ofPictures(
  { images: _images, mask: _mask, ...rest }: Readonly<Record<string, unknown>>,
  pictures: readonly GivenPicture[],
  facts: CallFacts,
): ImageEditsCall {
  const fields = checkImagesRequest(rest)
  const form = FormBody.of([...writeFormFields(rest), ...pictures.flatMap(pictureEvents)])
  return ofForm(form, fields, pictures.length, facts)
}

function ofForm(form: FormBody, outline: ImagesRequest, mostPictures: number, facts: CallFacts): ImageEditsCall {
  const body = Buffer.from(JSON.stringify(outline))
  const scan = scanObject(body)
  if (scan === undefined) throw new SpekaError('invalid_json', 'A field of the form is nested deeper than 64 levels.')
  return { ...facts, ...shared(outline), form, body, scan, mostPictures }
}

const ofAddresses = (
  body: Bytes,
  scan: ObjectScan,
  outline: ImagesRequest,
  pictures: readonly GivenPicture[],
  facts: CallFacts,
): ImageEditsCall => ({ ...facts, ...shared(outline), body, scan, mostPictures: pictures.length })

const shared = (outline: ImagesRequest) =>
  ({ endpoint: 'image_edits', outline, stream: outline.stream === true, wantsUsage: false }) as const

/** Whether there are pictures and nothing else, as far as that is known before they are sent. */
function checkFiles({ file, isWhole, fields }: FormBody): void {
  const wrong = file.names.find((name) => !FILE.test(name))
  if (wrong !== undefined)
    throw new SpekaError('invalid_value', `The form has a file "${wrong}". Send "image", "image[]" and "mask".`, {
      param: wrong,
    })
  if (isWhole && !file.names.some((name) => name !== 'mask')) {
    const told = fields.some(({ name }) => FILE.test(name)) ? ', as a file of the form and not as a field' : ''
    throw missing('image', `the picture to change${told || ', as a file of the form'}`)
  }
  if (isWhole && file.bytes === 0)
    throw new SpekaError('invalid_value', '"image" is empty. Send a picture.', { param: 'image' })
  if (file.count > MOST_PICTURES)
    throw new SpekaError('invalid_value', `The form has ${file.count} files. Send ${MOST_PICTURES} at most.`, {
      param: 'image',
    })
}

const FILE = /^(?:image(?:\[\d*\])?|mask)$/
