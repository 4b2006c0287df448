import type { ImagesCall } from '../../wire/images-call.ts'
import type { Image } from '../../wire/images.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Answer, Reply, Step } from '../provider.ts'
import { parseAnswer } from './chat-answer.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { writeImagesAnswer } from './write-images-answer.ts'

/**
 * Reads an answer of images, and fetches those that came as addresses if the caller wants their bytes.
 *
 * @param isGateway whether the upstream says what it charges.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function* readImagesAnswer(
  reply: Reply,
  { outline, receivedAt }: ImagesCall,
  isGateway = false,
): Generator<Step, Answer, Reply> {
  const value = parseAnswer(reply)
  const items = Array.isArray(value['data']) ? value['data'].filter(isRecord) : []
  if (items.length === 0) throw new BadReplyError(badReply('sent an answer without images'))
  const images: Image[] = []
  for (const item of items) images.push(yield* imageOf(item, outline.response_format ?? 'b64_json'))
  const { created, usage } = value
  return {
    ...(isGateway && gatewayFacts({ usage })),
    ...writeImagesAnswer(images, {
      created: typeof created === 'number' ? created : receivedAt / 1000,
      ...(isRecord(usage) && { usage }),
    }),
  }
}

function* imageOf(item: Record<string, unknown>, format: 'b64_json' | 'url'): Generator<Step, Image, Reply> {
  const { b64_json: bytes, url, revised_prompt: revised } = item
  const words = typeof revised === 'string' ? { revised_prompt: revised } : {}
  if (typeof bytes === 'string') {
    return format === 'url' ? { url: dataUrl(bytes), ...words } : { b64_json: bytes, ...words }
  }
  if (typeof url !== 'string') throw new BadReplyError(badReply('sent something else than images'))
  return format === 'url' ? { url, ...words } : { b64_json: yield* bytesAt(url), ...words }
}

/**
 * The bytes of an image that the upstream keeps at an address, in base64.
 *
 * @throws BadReplyError when there is no image.
 */
export function* bytesAt(url: string): Generator<Step, string, Reply> {
  const inline = /^data:[^,]*;base64,/.exec(url)
  if (inline !== null) return url.slice(inline[0].length)
  const to = URL.parse(url)
  if (to === null) throw new BadReplyError(badReply('sent an image at something else than an address'))
  const reply = yield {
    send: {
      method: 'GET',
      path: to.pathname + to.search,
      headers: { accept: 'image/*', 'accept-encoding': 'identity' },
    },
    to,
  }
  if (reply.body.length === 0) throw new BadReplyError(badReply('sent an image without bytes'))
  return Buffer.from(reply.body).toString('base64')
}

/** What an image's first bytes say it is: base64 of the signatures of the formats that providers draw in. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['iVBOR', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['UklGR', 'image/webp'],
]

/** An address that holds the image itself, for callers who want one where the upstream keeps none. */
export function dataUrl(base64: string): string {
  const type = SIGNATURES.find(([start]) => base64.startsWith(start))?.[1] ?? 'image/png'
  return `data:${type};base64,${base64}`
}
