import { SpekaError } from '../../errors.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import type { ImageEditsCall } from '../../operations/image-edits/image-edits-call.ts'
import { picturesIn } from '../../operations/image-edits/given-pictures.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { formInJson } from '../../wire/form/form-in-json.ts'
import type { ProviderOperation, TranslationTarget } from '../provider.ts'
import { drawnFrom } from './images.ts'
import { bflParametersLeft, fieldsOf, orderAt } from './request.ts'

/** Under which names a model takes the pictures that it draws from, and a mask. */
interface EditingModel {
  readonly names: RegExp
  picture(index: number): string
  readonly most: number
  readonly mask?: string
  readonly source: string
}

/** One picture, and more of them under numbers. */
const numbered = (index: number): string => (index === 0 ? 'input_image' : `input_image_${index + 1}`)

const models: readonly EditingModel[] = [
  { names: /kontext/, picture: numbered, most: 4, source: 'https://docs.bfl.ai/kontext/kontext_image_editing' },
  { names: /flux-2/, picture: numbered, most: 8, source: 'https://docs.bfl.ai/flux_2/flux2_image_editing' },
  {
    names: /fill/,
    picture: () => 'image',
    most: 1,
    mask: 'mask',
    source: 'https://docs.bfl.ai/flux_tools/flux_1_fill',
  },
]

/** Where JSON has pictures. */
const TAKEN: ReadonlySet<string> = new Set(['images', 'mask'])

/** Pictures drawn from others, ordered and fetched as those from words alone are: one for each request. */
export const bflEdits: ProviderOperation<ImageEditsCall> = {
  *answer(call, target) {
    return yield* drawnFrom([yield { send: orderOf(call, target) }], call)
  },
  unsupported: (call, target) => [
    ...bflParametersLeft(call, target).filter((name) => !TAKEN.has(name)),
    ...((call.outline.n ?? 1) > 1 ? ['n'] : []),
  ],
}

/** @throws SpekaError `unsupported_parameter` for pictures that the model has no place for. */
function orderOf(call: ImageEditsCall, target: TranslationTarget): UpstreamRequest {
  const model = models.find(({ names }) => names.test(target.upstreamModel))
  if (model === undefined) throw refused('images', 'draws from words alone. Ask one of the kontext models.')
  const { form } = call
  if (form === undefined)
    return { ...orderAt(target), body: [Buffer.from(JSON.stringify(withAddresses(call, target, model)))] }
  const pictures = form.file.names.filter((name) => name !== 'mask')
  checkPictures(model, pictures.length, pictures.length < form.file.names.length)
  const fields = JSON.stringify(fieldsOf(call, target, 0)).slice(0, -1)
  let count = 0
  const around = (field: string) => {
    const name = field === 'mask' ? model.mask : model.picture(count)
    if (field !== 'mask') count += 1
    return name === undefined || count > model.most ? undefined : { before: `,${JSON.stringify(name)}:"`, after: '"' }
  }
  const sent = formInJson(form, fields, around, '}')
  return {
    ...orderAt(target),
    streamed: {
      open() {
        count = 0
        return sent.open()
      },
    },
  }
}

/** Addresses are taken where bytes are. */
function withAddresses(call: ImageEditsCall, target: TranslationTarget, model: EditingModel): object {
  const given = picturesIn(JSON.parse(asBuffer(call.body).toString('utf8')) as Record<string, unknown>)
  const pictures = given.filter(({ field }) => field !== 'mask')
  checkPictures(model, pictures.length, pictures.length < given.length)
  const named = given.map(({ field, address, bytes }, index) => [
    field === 'mask' ? model.mask : model.picture(index),
    address ?? Buffer.from(bytes ?? []).toString('base64'),
  ])
  const { images: _images, mask: _mask, ...fields } = fieldsOf(call, target, 0)
  return { ...fields, ...(Object.fromEntries(named) as object) }
}

function checkPictures({ most, mask }: EditingModel, count: number, isMasked: boolean): void {
  if (count > most) throw refused('images', `draws from ${most} at the most.`)
  if (isMasked && mask === undefined) throw refused('mask', 'takes no mask. Say in the prompt what to change.')
}

const refused = (param: string, says: string): SpekaError =>
  new SpekaError('unsupported_parameter', `This model ${says}`, { param })
