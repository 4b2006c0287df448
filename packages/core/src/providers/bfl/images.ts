import { isRecord } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { Image } from '../../operations/images/images.ts'
import type { DrawingCall } from '../../operations/images/drawing-operation.ts'
import type { ImagesCall } from '../../operations/images/images-call.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { parseAnswer } from '../openai-compatible/chat-answer.ts'
import { bytesAt, formatOf, placeOf } from '../openai-compatible/images-answer.ts'
import { imagesAnswer } from '../openai-compatible/write-images-answer.ts'
import type { Answer, ProviderOperation, Reply, Step } from '../provider.ts'
import { bflParametersLeft, bflRequest } from './request.ts'

const POLL_MS = 500
/** A minute's worth. */
const MOST_POLLS = 120

/**
 * An image is ordered, asked after until it is there, and fetched from where it was left, which holds for ten minutes.
 * Several are ordered at once. What an order costs is not told in money, so it is not read.
 */
export const bflImages: ProviderOperation<ImagesCall> = {
  *answer(call, target) {
    const replies: Reply[] = []
    for (let index = 0; index < (call.outline.n ?? 1); index += 1)
      replies.push(yield { send: bflRequest(call, target, index) })
    return yield* drawnFrom(replies, call)
  },
  unsupported: bflParametersLeft,
}

/**
 * What was ordered, once it is there.
 *
 * @param replies to the orders.
 */
export function* drawnFrom(replies: readonly Reply[], call: DrawingCall): Generator<Step, Answer, Reply> {
  const places = yield* finished(replies.map(orderIn))
  const images: Image[] = []
  for (const place of places)
    images.push(formatOf(call) === 'url' ? { url: place.href } : { b64_json: yield* bytesAt(place) })
  return imagesAnswer(images, call.receivedAt / 1000)
}

/** How to ask after an image. */
type Order = Extract<Step, { send: UpstreamRequest }>

const HEADERS = { accept: 'application/json', 'accept-encoding': 'identity' }

/** @throws BadReplyError when there is none. */
function orderIn(reply: Reply): Order {
  const { id, polling_url: url } = parseAnswer(reply)
  if (typeof url === 'string') {
    const to = placeOf(url)
    return { send: { method: 'GET', path: to.pathname + to.search, headers: HEADERS }, to }
  }
  if (typeof id !== 'string') throw new BadReplyError(badReply('took an order without a number'))
  return { send: { method: 'GET', path: `/get_result?id=${encodeURIComponent(id)}`, headers: HEADERS } }
}

/** Where the images lie, in the order they were ordered in. */
function* finished(orders: readonly Order[]): Generator<Step, URL[], Reply> {
  const places = orders.map((): URL | undefined => undefined)
  for (let polls = 0; polls < MOST_POLLS; polls += 1) {
    yield { waitMs: POLL_MS }
    for (const [index, order] of orders.entries()) places[index] ??= placeIn(yield order)
    const found = places.filter((place) => place !== undefined)
    if (found.length === orders.length) return found
  }
  throw new BadReplyError({ class: 'timeout', mayBeBilled: true, message: 'did not finish the image in a minute' })
}

/** What its words mean. All others mean that it is still at work. */
const ends: Readonly<Record<string, BadReplyError['failure']>> = {
  'Request Moderated': { class: 'content_policy', mayBeBilled: true, message: 'declined the prompt' },
  'Content Moderated': { class: 'content_policy', mayBeBilled: true, message: 'declined the image it had drawn' },
  'Task not found': badReply('has lost the order'),
  Error: badReply('could not draw the image'),
  Failed: badReply('could not draw the image'),
}

/** @throws BadReplyError when it has ended without an image. */
function placeIn(reply: Reply): URL | undefined {
  const { status, result } = parseAnswer(reply)
  if (typeof status !== 'string') throw new BadReplyError(badReply('did not say how far the image is'))
  const end = Object.hasOwn(ends, status) ? ends[status] : undefined
  if (end !== undefined) throw new BadReplyError(end)
  if (status !== 'Ready') return undefined
  if (!isRecord(result) || typeof result['sample'] !== 'string')
    throw new BadReplyError(badReply('sent an answer without images'))
  return placeOf(result['sample'])
}
