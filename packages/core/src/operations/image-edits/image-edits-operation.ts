import type { Operation } from '../operation.ts'
import { drawingOperation } from '../images/drawing-operation.ts'
import { readImageEdits, readImageEditsForm, writeImageEdits, type ImageEditsCall } from './image-edits-call.ts'

/** What gpt-image models take for the largest picture that is looked at closely (platform.openai.com/docs/guides/image-generation), with room. */
const TOKENS_PER_PICTURE = 8192

/** Pictures drawn from others. */
export const imageEditsOperation: Operation<ImageEditsCall> = drawingOperation<ImageEditsCall>({
  events: 'image_edit',
  paths: ['/v1/images/edits'],
  read: readImageEdits,
  readForm: readImageEditsForm,
  write: writeImageEdits,
  tellingField: 'images',
  saying: (text) => ({ prompt: text || ' ', images: [{ image_url: DOT }] }),
  tokensSent: ({ mostPictures }) => TOKENS_PER_PICTURE * mostPictures,
})

/** A PNG of one pixel. */
const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
