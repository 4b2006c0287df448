import type { Bytes } from '../transport.ts'
import { typedFrame } from './frames.ts'
import type { ImagesAnswer } from './images.ts'

/** A whole answer of images as the stream of events that a caller asked for: one event for each finished image. */
export function imageEvents(body: Buffer): Bytes[] {
  const { created, data, usage } = JSON.parse(body.toString('utf8')) as ImagesAnswer
  return data.map((image, index) =>
    typedFrame({
      type: 'image_generation.completed',
      created_at: created,
      ...image,
      ...(index === data.length - 1 && usage !== undefined && { usage }),
    }),
  )
}
