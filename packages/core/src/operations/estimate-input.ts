import { asBuffer, type ObjectScan } from '../bytes/scan-object.ts'
import type { Bytes } from '../transport.ts'

/** Bytes of JSON per token, on the safe side: prose has about four. */
const BYTES_PER_TOKEN = 3
/** Prose, as it comes on average. */
const LIKELY_BYTES_PER_TOKEN = 4
/** What an image part counts as, at the most that any model here takes for one. */
const TOKENS_PER_IMAGE = 2000
const DATA_URL = Buffer.from('"data:')

/** Of a sound in base64: a token for each tenth of a second, of which the least that recordings of speech have is 200 bytes. */
const CHARACTERS_PER_SOUND_TOKEN = 266

/** Whether the string that begins at `start` is the `data` of a part, as chat has sounds: told by the end of the name before it. */
function isData(bytes: Buffer, start: number): boolean {
  let at = start - 1
  while (bytes[at] === SPACE) at -= 1
  if (bytes[at] !== COLON) return false
  at -= 1
  while (bytes[at] === SPACE) at -= 1
  // One byte tells of nearly all that they are none: the names of others end otherwise.
  return bytes[at - 1] === LAST_OF_NAME && bytes.toString('latin1', Math.max(0, at - 5), at) === '"data'
}

const SPACE = 0x20
const COLON = 0x3a
const LAST_OF_NAME = 0x61

/** A body, and where its members stand. */
interface Scanned {
  readonly body: Bytes
  readonly scan: ObjectScan
}

/** Tokens of a prompt by the length of its body, without decoding it: an estimate on the high side. */
export function estimateInputTokens({ body, scan }: Scanned): number {
  const bytes = asBuffer(body)
  let text = bytes.length
  let images = 0
  let sounds = 0
  for (const { start, end } of scan.longStrings) {
    if (isData(bytes, start)) {
      sounds += Math.ceil((end - start) / CHARACTERS_PER_SOUND_TOKEN)
      text -= end - start
      continue
    }
    // One byte tells of nearly all that they are none: there may be a hundred thousand.
    if (
      bytes[start + 1] !== DATA_URL[1] ||
      bytes.compare(DATA_URL, 0, DATA_URL.length, start, start + DATA_URL.length) !== 0
    )
      continue
    images += 1
    text -= end - start
  }
  return Math.ceil(text / BYTES_PER_TOKEN) + images * TOKENS_PER_IMAGE + sounds
}

/** The same as it is likely to be, rather than at the most. */
export const likelyInputTokens = (call: Scanned): number =>
  Math.ceil((estimateInputTokens(call) * BYTES_PER_TOKEN) / LIKELY_BYTES_PER_TOKEN)
