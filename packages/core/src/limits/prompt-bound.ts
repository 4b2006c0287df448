import { asBuffer, LONG_STRING_BYTES } from '../bytes/scan-object.ts'
import { boundOfPrompt } from '../meter/most-usage.ts'
import type { Call } from '../operations/call.ts'
import { HIDDEN_TOKENS } from '../operations/chat/most-of-chat.ts'
import { LONG_STRING_MARK } from '../wire/outline.ts'

/** What an upstream may put before a prompt by itself when it is offered no tools: a few lines, and marks around each message. */
const FEW_HIDDEN_TOKENS = 1024

/**
 * The most tokens that a prompt can have, looked at more closely where that is worth while: money is short. An upstream that says
 * it had more is not believed.
 */
export function closerPromptBound(call: Call): number {
  const most = call.mostPromptTokens ?? boundOfPrompt(call)
  if (most === Infinity || call.endpoint !== 'chat') return most
  const { tools } = call.outline
  const hidden = Array.isArray(tools) && tools.length > 0 ? HIDDEN_TOKENS : FEW_HIDDEN_TOKENS
  return most - HIDDEN_TOKENS + hidden - bytesOfPictures(call)
}

/**
 * How many bytes of a prompt are pictures, which count by their size on the screen and not by their letters. Only what stands in
 * the place of one is taken for it: the same letters in a text are text.
 */
function bytesOfPictures({ body, scan, outline }: Extract<Call, { endpoint: 'chat' }>): number {
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
