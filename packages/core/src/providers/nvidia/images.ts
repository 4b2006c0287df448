import { isRecord } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { sizeOf } from '../../operations/images/check-images-request.ts'
import type { ImagesCall } from '../../operations/images/images-call.ts'
import type { Image } from '../../operations/images/images.ts'
import { dataUrl } from '../../wire/image-type.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { imageParametersLeft } from '../flux/parameters-left.ts'
import { nearestSize, type SizeLimits } from '../flux/nearest-size.ts'
import { wholeFields } from '../flux/whole-field.ts'
import { parseAnswer } from '../openai-compatible/chat-answer.ts'
import { formatOf } from '../openai-compatible/images-answer.ts'
import { imagesAnswer } from '../openai-compatible/write-images-answer.ts'
import type { ProviderOperation, Reply, Step, TranslationTarget } from '../provider.ts'

/** The sizes that FLUX.1 draws at NVIDIA; every other one is a 422 there. */
const SIZES: SizeLimits = { least: 768, most: 1344, step: 64 }
const USUAL_SIZE = { width: 1024, height: 1024 }

/** Parameters of FLUX's own that callers may send. */
const OWN = ['seed', 'steps', 'cfg_scale']

/**
 * FLUX.1 at NVIDIA's generative endpoints: one image a call, always as bytes.
 *
 * A size that is not drawn becomes the nearest that is.
 */
export const nvidiaImages: ProviderOperation<ImagesCall> = {
  *answer(call, target) {
    const format = formatOf(call)
    const images: Image[] = []
    for (let index = 0; index < (call.outline.n ?? 1); index += 1) {
      const reply = yield* finished(yield { send: fluxRequest(call, target, index) })
      const bytes = artifactIn(reply)
      images.push(format === 'url' ? { url: dataUrl(bytes) } : { b64_json: bytes })
    }
    return imagesAnswer(images, call.receivedAt / 1000)
  },
  unsupported: ({ outline }) => imageParametersLeft(outline, OWN, SIZES),
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }

function fluxRequest(call: ImagesCall, { upstreamModel }: TranslationTarget, index: number): UpstreamRequest {
  const { outline } = call
  const { seed } = outline
  const body = {
    mode: 'base',
    ...nearestSize(sizeOf(outline.size) ?? USUAL_SIZE, SIZES),
    ...(/schnell/.test(upstreamModel) && { steps: 4 }),
    ...wholeFields(call, ['prompt', ...OWN]),
    // Another seed for each, or the images would be one.
    ...(typeof seed === 'number' && { seed: seed + index }),
  }
  return { method: 'POST', path: `/${upstreamModel}`, headers: HEADERS, body: [Buffer.from(JSON.stringify(body))] }
}

const STATUS_URL = new URL('https://api.nvcf.nvidia.com')
const POLL_MS = 1000
const MOST_POLLS = 300

/** The reply, once it is there: NVIDIA answers what takes long with a 202, and a number to ask after. */
function* finished(first: Reply): Generator<Step, Reply, Reply> {
  let reply = first
  for (let polls = 0; reply.status === 202; polls += 1) {
    const id = reply.headers['nvcf-reqid'] ?? first.headers['nvcf-reqid']
    if (id === undefined || !/^[\w-]+$/.test(id) || polls >= MOST_POLLS)
      throw new BadReplyError(badReply('put the image off without end'))
    yield { waitMs: POLL_MS }
    reply = yield {
      send: { method: 'GET', path: `/v2/nvcf/pexec/status/${id}`, headers: { ...HEADERS } },
      to: STATUS_URL,
    }
  }
  return reply
}

/** Where NVIDIA tells how far it is. It gets the key, as the endpoints themselves do. */
export const nvidiaHosts: readonly string[] = [STATUS_URL.hostname]

/** @throws BadReplyError when there is none, or its content was declined. */
function artifactIn(reply: Reply): string {
  const { artifacts } = parseAnswer(reply)
  const artifact: unknown = Array.isArray(artifacts) ? artifacts[0] : undefined
  if (!isRecord(artifact)) throw new BadReplyError(badReply('sent an answer without images'))
  const { base64, finishReason } = artifact
  if (finishReason === 'CONTENT_FILTERED')
    throw new BadReplyError({ class: 'content_policy', mayBeBilled: true, message: 'declined the content' })
  if (finishReason === 'ERROR') throw new BadReplyError(badReply('could not draw the image'))
  if (typeof base64 !== 'string' || base64 === '') throw new BadReplyError(badReply('sent something else than images'))
  return base64
}
