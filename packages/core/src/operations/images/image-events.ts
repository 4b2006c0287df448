import type { Bytes } from '../../transport.ts'
import { typedFrame } from '../../bytes/frames.ts'
import { scanObject } from '../../bytes/scan-object.ts'
import { join, setMember, splice } from '../../bytes/splice.ts'
import { imageType } from '../../wire/image-type.ts'
import type { ImagesAnswer, ImagesUsage } from './images.ts'

/** OpenAI's usage object for images, of which every count is required: tokens are not what images are priced by. */
export const NO_TOKENS = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  input_tokens_details: { text_tokens: 0, image_tokens: 0 },
} as const satisfies ImagesUsage

/** How OpenAI's events of pictures begin: of those from a text, and of those from others. */
export type ImageEventKind = 'image_generation' | 'image_edit'

/**
 * A whole answer of images as the stream of events that a caller asked for: one event for each finished image. What the
 * answer as a whole consumed stands in the last, so that adding up is right.
 */
export function imageEvents(body: Buffer, kind: ImageEventKind = 'image_generation'): Bytes[] {
  const { created, data, usage, background, output_format, quality, size } = JSON.parse(
    body.toString('utf8'),
  ) as ImagesAnswer
  return data.map((image, index) =>
    typedFrame({
      type: `${kind}.completed`,
      ...image,
      created_at: created,
      background: background ?? 'auto',
      output_format: output_format ?? imageType(image.b64_json ?? ''),
      quality: quality ?? 'auto',
      size: size ?? 'auto',
      usage: (index === data.length - 1 ? usage : undefined) ?? NO_TOKENS,
    }),
  )
}

/** An event of a finished image with another usage object in it. One that is spread over several lines stays as it is. */
export function withUsage(frame: Buffer, usage: object): Buffer {
  const start = frame.indexOf(DATA)
  if (start === -1 || frame.indexOf(LF, start) !== frame.length - 2) return frame
  const data = frame.subarray(start + DATA.length)
  const scan = scanObject(data)
  if (scan === undefined) return frame
  const edits = [setMember(scan, 'usage', JSON.stringify(usage))]
  return join([frame.subarray(0, start + DATA.length), ...splice(data, edits)])
}

const DATA = Buffer.from('data:')
const LF = 0x0a
