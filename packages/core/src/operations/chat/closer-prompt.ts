import { asBuffer, LONG_STRING_BYTES } from '../../bytes/scan-object.ts'
import { isRecord } from '../../json.ts'
import { LONG_STRING_MARK } from '../../wire/outline.ts'
import type { ChatCall } from './chat-call.ts'
import { HIDDEN_TOKENS, mostInputOfChat, tokensBesideText } from './most-of-chat.ts'
import type { AskedTarget } from '../operation.ts'
import { LONG_PREAMBLE_TOKENS, tokensBefore } from './prompt-preamble.ts'

/**
 * The most tokens that a prompt can have, looked at more closely where that is worth while: money is short. An upstream that says
 * it had more is not believed.
 *
 * @param targets who may be asked: what they put before a prompt by themselves differs.
 */
export function closerPromptBound(call: ChatCall, targets: readonly AskedTarget[]): number {
  const most = call.mostPromptTokens ?? mostInputOfChat(call)
  if (most === Infinity) return most
  const hidden = Math.max(...targets.map((target) => tokensBefore(call, target)))
  const words = wordsOfPrompt(call, targets)
  if (words !== undefined) return Math.min(most, words + hidden + tokensBesideText(call.outline))
  const { tools } = call.outline
  const isOfferedTools = Array.isArray(tools) && tools.length > 0
  return most - HIDDEN_TOKENS + (isOfferedTools ? HIDDEN_TOKENS : LONG_PREAMBLE_TOKENS) - bytesOfPictures(call)
}

/**
 * How many bytes of a prompt are pictures, which count by their size on the screen and not by their letters. Only what stands in
 * the place of one is taken for it: the same letters in a text are text.
 */
function bytesOfPictures({ body, scan, outline }: ChatCall): number {
  if (scan.longStrings.length === 0) return 0
  const bytes = asBuffer(body)
  let at = 0
  let found = 0
  const walk = (value: unknown, place: Place | undefined): void => {
    if (typeof value === 'string') {
      if (!isLong(value)) return
      const span = scan.longStrings[at]
      at += 1
      if (place === 'url' && span !== undefined && beginsAsPicture(bytes, span.start)) found += span.end - span.start
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        // Numbers as names come first, wherever they stand.
        if (!Array.isArray(value) && NUMBER.test(name)) at = Infinity
        walk(inner, place === undefined ? undefined : (leadsTo[place][name] ?? leadsTo[place]['*']))
      }
    }
  }
  walk(outline, 'body')
  // Each long string has its place, or nothing is sure.
  return at === scan.longStrings.length ? found : 0
}

/**
 * The most tokens of a plain conversation: its words, and the marks around each message; `undefined`: there is more to it, such as
 * tools and schemas, which upstreams write down in ways of their own.
 */
function wordsOfPrompt(call: ChatCall, targets: readonly AskedTarget[]): number | undefined {
  const { scan, outline, native } = call
  // Who speaks the caller's own dialect is sent what the caller has sent, and not its translation.
  if (native !== undefined && targets.some(({ adapter }) => adapter.native !== undefined)) return undefined
  if (outline.messages.length === 0 || !hasOnly(outline, BESIDE_THE_PROMPT)) return undefined
  let tokens = -bytesOfPictures(call)
  // What was too long to be parsed is counted where it stands in the body, as JSON spells it.
  for (const { start, end } of scan.longStrings) tokens += end - start
  for (const message of outline.messages) {
    if (!hasOnly(message, OF_PLAIN_MESSAGES)) return undefined
    const { role, name, content } = message
    tokens += MARKS_OF_MESSAGE + bytesOf(role) + bytesOf(name)
    for (const part of Array.isArray(content) ? content : [content]) tokens += bytesOf(wordsOfPart(part))
  }
  return tokens
}

/** Tokens around each message: ChatML has 5 and the role's name, harmony 4, Llama 3 the same; a space may go before its words. */
const MARKS_OF_MESSAGE = 8

const hasOnly = (value: object, names: ReadonlySet<string>): boolean =>
  Object.entries(value).every(([name, member]) => member == null || names.has(name))

const OF_PLAIN_MESSAGES: ReadonlySet<string> = new Set(['role', 'name', 'content'])

/** Fields of a request of which no model reads anything. */
const BESIDE_THE_PROMPT: ReadonlySet<string> = new Set([
  'messages',
  'model',
  'models',
  'provider',
  'session_id',
  'metadata',
  'user',
  'safety_identifier',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'n',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'reasoning_effort',
  'service_tier',
  'store',
])

/** The words of a content or a part of one; a picture's address is counted as if it were some. */
function wordsOfPart(part: unknown): unknown {
  if (!isRecord(part)) return part
  const { type, text, refusal, image_url: picture } = part
  if (type === 'image_url') return isRecord(picture) ? picture['url'] : picture
  return type === 'refusal' ? refusal : text
}

/** In UTF-8, of what is no long string. */
const bytesOf = (text: unknown): number =>
  typeof text !== 'string' || (text !== LONG_STRING_MARK && isLong(text)) ? 0 : Buffer.byteLength(text)

type Place = 'body' | 'messages' | 'message' | 'content' | 'part' | 'picture' | 'url'

/** Where a picture stands in a request: what leads there, by the names of members; `*` is each of a list. */
const leadsTo: Readonly<Record<Place, Readonly<Partial<Record<string, Place>>>>> = {
  body: { messages: 'messages' },
  messages: { '*': 'message' },
  message: { content: 'content' },
  content: { '*': 'part' },
  part: { image_url: 'picture' },
  picture: { url: 'url' },
  url: {},
}

const beginsAsPicture = (bytes: Buffer, start: number): boolean =>
  bytes.toString('latin1', start, start + PICTURE.length) === PICTURE

const PICTURE = '"data:image/'
const NUMBER = /^\d+$/

/** A call that was made by code has its long strings where others have a mark. */
const isLong = (text: string): boolean =>
  text === LONG_STRING_MARK ||
  (text.length * MOST_JSON_BYTES > LONG_STRING_BYTES && Buffer.byteLength(JSON.stringify(text)) > LONG_STRING_BYTES)

/** What a character may take in JSON. */
const MOST_JSON_BYTES = 6
