import { asBuffer, type Span } from '../../bytes/scan-object.ts'
import { findMember, findObject, type FoundObject } from '../../bytes/find-member.ts'
import { dropMembers, setMember, splice, type Edit } from '../../bytes/splice.ts'
import { isRecord } from '../../json.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Answer, Counting, NativeOperation, Reply, TranslationTarget } from '../provider.ts'
import { lengthOfWords, TokenCount } from '../../operations/token-count.ts'
import { parseReply } from '../translated/parse-reply.ts'
import { nameEdits } from './name-edits.ts'
import type { NativeApi, NativePlace } from './native-api.ts'
import { PassThroughStream } from './pass-through-stream.ts'

/** The caller's own bytes on the way out, and the upstream's on the way back: changed where the configuration or money says so. */
export function passThrough(api: NativeApi): NativeOperation {
  return {
    *answer(call, target) {
      return readWhole(yield { send: nativeRequest(api, call, target) }, target, api)
    },
    stream(call, target) {
      const translator = new PassThroughStream(api, target, api.tellsUsageIfAsked === true && !call.wantsUsage)
      return {
        request: nativeRequest(api, call, target),
        translator,
        ownEnd: translator.ownEnd,
        holdsPictures: api.holdsPictures,
        fromAnswer: () => {
          throw new BadReplyError(badReply('sent something else than events'))
        },
      }
    },
    unsupported: ({ native }) => native?.leftOut ?? NONE,
    writeUsage: api.writeUsage,
    counting: countingAt(api),
  }
}

/** At a path of a host's own a request would be answered, unless the host has another for counts. */
function countingAt(api: NativeApi): Counting | undefined {
  const { place, countingPath } = api
  if (place === undefined)
    return countingPath === undefined ? undefined : { request: (call, target) => countingRequest(api, call, target) }
  const { counting } = place
  if (counting === undefined) return undefined
  return {
    request(call, target) {
      const members: NativePlace['members'] = (asked, headers) => ({
        ...place.members(asked, headers),
        ...counting.members?.(asked),
      })
      const request = countingRequest({ ...api, place: { ...place, members } }, call, target)
      const { wrap } = counting
      return {
        ...request,
        path: counting.path(target),
        ...(wrap !== undefined && { body: [wrap(request.body ?? [])] }),
      }
    },
    ...(counting.read !== undefined && { read: counting.read }),
  }
}

const NONE: readonly string[] = []

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }

/** Fields that steer the gateway, and are nobody else's. */
const GATEWAY_FIELDS = new Set(['models', 'provider', 'session_id'])

/** What is counted is the request as it would be sent, but for its being a stream; and what would be refused can be counted. */
const countingRequest = (api: NativeApi, call: ChatCall, target: TranslationTarget): UpstreamRequest =>
  nativeRequest(
    { ...api, path: api.countingPath ?? api.path, tellsUsageIfAsked: false, refuse: undefined },
    { ...call, stream: false },
    target,
  )

function nativeRequest(
  api: NativeApi,
  { native, stream, wantsUsage }: ChatCall,
  target: TranslationTarget,
): UpstreamRequest {
  if (native === undefined) throw new TypeError('A call without a request of its own dialect cannot go through.')
  api.refuse?.(native, target)
  const { path, place, headers, tellsUsageIfAsked = false } = api
  const { body, scan } = native
  const members = place?.members(target, native.headers)
  const isLeftOut = (key: string): boolean =>
    GATEWAY_FIELDS.has(key) ||
    (members !== undefined && (Object.hasOwn(members, key) ? members[key] === undefined : key === 'model'))
  const edits: Edit[] = dropMembers(scan, isLeftOut)
  const { model } = target
  if (members !== undefined) edits.push(...membersSet(scan, members))
  else if (model !== target.upstreamModel || !isCalled(native, model))
    edits.push(setMember(scan, 'model', JSON.stringify(target.upstreamModel)))
  // What is not told could not be priced.
  if (tellsUsageIfAsked && stream && !wantsUsage)
    edits.push(setMember(scan, 'stream_options', '{"include_usage":true}'))
  const request: UpstreamRequest = {
    method: 'POST',
    path: place === undefined ? path : place.path(target, stream),
    headers: {
      ...HEADERS,
      ...(stream && { accept: 'text/event-stream' }),
      ...headers,
      ...(stream && place?.streamHeaders),
      ...native.headers,
    },
    body: edits.length === 0 ? [body] : splice(body, edits),
  }
  return request
}

/** What the host wants in the body, in place of what the caller has there. */
const membersSet = (scan: NativeRequest['scan'], members: ReturnType<NativePlace['members']>): Edit[] =>
  Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : setMember(scan, key, JSON.stringify(value)),
  )

/** Whether the caller has asked for the model by the very name that its upstream knows. */
function isCalled({ body, scan }: NonNullable<ChatCall['native']>, model: string): boolean {
  const span = findMember({ scan, offset: 0 }, 'model')
  return span !== undefined && asBuffer(body).toString('utf8', span.start, span.end) === JSON.stringify(model)
}

function readWhole({ body }: Reply, target: TranslationTarget, api: NativeApi): Answer {
  const value = parseReply(body)
  const { words, ...whole } = api.answer(value)
  const found = findObject(body, [])
  const { usage } = value
  return {
    ...whole,
    body,
    edits: found === undefined ? [] : nameEdits(body, found, target),
    usageJson: isRecord(usage) ? usage : undefined,
    usageAt: found && usageAt(found, usage),
    usageIsAsSent: true,
    outputTokens: () => tokensIn(words),
  }
}

const usageAt = (found: FoundObject, usage: unknown): Span | undefined =>
  isRecord(usage) ? findMember(found, 'usage') : undefined

function tokensIn(words: unknown): number {
  const count = new TokenCount()
  count.add(0, lengthOfWords(words))
  return count.tokens
}
