import { isRecord } from '../../json.ts'
import type { MessageBlock } from './shapes.ts'

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+);base64,/i

/** Pictures that a model has made, in the shape that Anthropic has for those of a user: it makes none itself. */
export function pictureBlocks(images: unknown): MessageBlock[] {
  if (!Array.isArray(images)) return []
  return images.flatMap((image: unknown) => {
    const link = isRecord(image) ? image['image_url'] : undefined
    const url = isRecord(link) ? link['url'] : undefined
    return typeof url === 'string' ? [{ type: 'image', source: sourceOf(url) }] : []
  })
}

function sourceOf(url: string): MessageBlock {
  const found = DATA_URL.exec(url.slice(0, 200))
  if (found === null) return { type: 'url', url }
  const [head, mediaType] = found
  return { type: 'base64', media_type: mediaType, data: url.slice(head.length) }
}
