import type { Operation } from '../operation.ts'
import { drawingOperation } from './drawing-operation.ts'
import { readImagesCall, writeImagesCall, type ImagesCall } from './images-call.ts'
import type { ImagesRequest } from './images.ts'

/** Pictures drawn from a text. */
export const imagesOperation: Operation<ImagesCall> = drawingOperation<ImagesCall>({
  events: 'image_generation',
  paths: ['/v1/images/generations'],
  read: readImagesCall,
  write: (request, facts) => writeImagesCall(request as unknown as ImagesRequest, facts),
  tellingField: 'prompt',
  saying: (text) => ({ prompt: text || ' ' }),
  tokensSent: () => 0,
})
