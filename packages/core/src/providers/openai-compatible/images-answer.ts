import { isRecord } from '../../json.ts'
import type { DrawingCall } from '../../operations/images/drawing-operation.ts'
import type { Image } from '../../operations/images/images.ts'
import { dataUrl } from '../../wire/image-type.ts'
import { asBuffer, memberCalled, scanObject } from '../../bytes/scan-object.ts'
import { join, splice } from '../../bytes/splice.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Answer, Reply, Step } from '../provider.ts'
import { parseAnswer } from './chat-answer.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { writeImagesAnswer } from './write-images-answer.ts'

/** What OpenAI says of the images as a whole. */
const MORE = ['background', 'output_format', 'quality', 'size']

type Format = 'b64_json' | 'url'

/**
 * Reads an answer of images, and fetches those that came as addresses if the caller wants their bytes. Bytes that are
 * wanted as they came are not looked into.
 *
 * @param isGateway whether the upstream says what it charges.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function* readImagesAnswer(reply: Reply, call: DrawingCall, isGateway = false): Generator<Step, Answer, Reply> {
  const format = formatOf(call)
  const { outline, data } = readOutline(reply)
  const items = itemsOf(outline)
  const { created, usage } = outline
  const facts = {
    count: items.length,
    created: typeof created === 'number' ? created : call.receivedAt / 1000,
    usage: isRecord(usage) ? usage : undefined,
    more: Object.fromEntries(MORE.flatMap((key) => (typeof outline[key] === 'string' ? [[key, outline[key]]] : []))),
  }
  const charged = isGateway ? gatewayFacts({ usage }) : {}
  const asAsked = format === 'b64_json' && items.every(({ b64_json: bytes, url }) => isText(bytes) && url === undefined)
  if (asAsked) return { ...charged, ...writeImagesAnswer(data, facts) }
  const images: Image[] = []
  for (const item of itemsOf(parseAnswer(reply))) images.push(yield* imageOf(item, format))
  return { ...charged, ...writeImagesAnswer(Buffer.from(JSON.stringify(images)), facts) }
}

/** How the caller wants the images. A stream has no other way than bytes. */
export const formatOf = ({ outline, stream }: DrawingCall): Format =>
  stream ? 'b64_json' : (outline.response_format ?? 'b64_json')

/** The answer parsed, its long strings left out, and the bytes of its `data`. */
function readOutline({ body }: Reply): { outline: Record<string, unknown>; data: Buffer } {
  const scan = scanObject(body, Infinity)
  const longStrings = scan?.longStrings ?? []
  const outline = parseAnswer({
    body: join(
      splice(
        body,
        longStrings.map((span) => ({ ...span, text: MARK })),
      ),
    ),
  })
  const data = scan && memberCalled(scan, 'data')
  return { outline, data: asBuffer(body).subarray(data?.valueStart ?? 0, data?.valueEnd ?? 0) }
}

const MARK = '"…"'

function itemsOf({ data }: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const items = Array.isArray(data) ? data.filter(isRecord) : []
  if (!Array.isArray(data) || items.length === 0) throw new BadReplyError(badReply('sent an answer without images'))
  if (items.length < data.length) throw new BadReplyError(badReply('sent something else than images'))
  return items
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/**
 * An image in the format that its caller wants.
 *
 * @throws BadReplyError when it is none.
 */
export function* imageOf(item: Readonly<Record<string, unknown>>, format: Format): Generator<Step, Image, Reply> {
  const { b64_json: bytes, url, revised_prompt: revised } = item
  const words = typeof revised === 'string' ? { revised_prompt: revised } : {}
  if (isText(bytes)) return format === 'url' ? { url: dataUrl(bytes), ...words } : { b64_json: bytes, ...words }
  if (!isText(url)) throw new BadReplyError(badReply('sent something else than images'))
  if (url.startsWith('data:')) {
    const inline = bytesInside(url)
    return format === 'url' ? { url, ...words } : { b64_json: inline, ...words }
  }
  const place = placeOf(url)
  return format === 'url' ? { url, ...words } : { b64_json: yield* bytesAt(place), ...words }
}

/**
 * The address of an image.
 *
 * @throws BadReplyError when it is none.
 */
export function placeOf(url: string): URL {
  const place = URL.parse(url)
  if (place === null || !['https:', 'http:'].includes(place.protocol)) throw new BadReplyError(noAddress)
  return place
}

/**
 * The bytes of an image that the upstream keeps at an address, in base64.
 *
 * @throws BadReplyError when there is no image.
 */
export function* bytesAt(place: URL): Generator<Step, string, Reply> {
  const { body, headers } = yield {
    send: {
      method: 'GET',
      path: place.pathname + place.search,
      headers: { accept: 'image/*', 'accept-encoding': 'identity' },
    },
    to: place,
  }
  // A storage whose address has run out may say so with a page.
  if (body.length === 0 || /^(?:text\/|application\/(?:json|xml))/i.test(headers['content-type'] ?? ''))
    throw new BadReplyError(badReply('pointed to something else than an image'))
  return asBuffer(body).toString('base64')
}

/** The bytes that an address holds itself, in base64. */
function bytesInside(url: string): string {
  const head = /^data:[^,]*;base64,/.exec(url)?.[0]
  if (head === undefined || head.length === url.length) throw new BadReplyError(noAddress)
  return url.slice(head.length)
}

const noAddress = badReply('sent an image at something else than an address')
