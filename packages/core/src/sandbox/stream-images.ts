import { typedFrame } from '../bytes/frames.ts'
import { NO_TOKENS, type ImageEventKind } from '../operations/images/image-events.ts'
import type { Drawing } from './images-answer.ts'
import { type Chunks, single } from './play-script.ts'
import type { StreamParts } from './stream-chat.ts'

const nothing: Chunks = { count: 0, at: () => Buffer.alloc(0) }

/** Writes the events of images being drawn: each one unfinished, if that is asked for, then finished. There is no end mark. */
export function streamImages(
  drawing: Drawing,
  created: number,
  reportsUsage: boolean,
  kind: ImageEventKind = 'image_generation',
): StreamParts {
  const { count, partialImages, size, image } = drawing
  const common = {
    created_at: created,
    size: `${size.width}x${size.height}`,
    quality: 'auto',
    background: 'opaque',
    output_format: 'png',
  }
  const events = partialImages + 1
  const event = (index: number): Buffer => {
    const [of, step] = [Math.floor(index / events), index % events]
    return step < partialImages
      ? typedFrame({
          type: `${kind}.partial_image`,
          partial_image_index: step,
          b64_json: image(of, (step + 1) / events),
          ...common,
        })
      : typedFrame({
          type: `${kind}.completed`,
          b64_json: image(of),
          ...common,
          ...(reportsUsage && { usage: NO_TOKENS }),
        })
  }
  const last = count * events - 1
  return {
    roles: nothing,
    output: { count: last, at: event },
    finishes: single(event(last)),
    usage: nothing,
    done: nothing,
  }
}
