import { asBuffer, type ObjectScan } from '../bytes/scan-object.ts'
import type { Bytes } from '../transport.ts'

/** Bytes of JSON per token, on the safe side: prose has about four. */
const BYTES_PER_TOKEN = 3
/** Prose, as it comes on average. */
const LIKELY_BYTES_PER_TOKEN = 4
/** What an image part counts as, at the most that any model here takes for one. */
const TOKENS_PER_IMAGE = 2000
const DATA_URL = Buffer.from('"data:')

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
  for (const { start, end } of scan.longStrings) {
    // One byte tells of nearly all that they are none: there may be a hundred thousand.
    if (
      bytes[start + 1] !== DATA_URL[1] ||
      bytes.compare(DATA_URL, 0, DATA_URL.length, start, start + DATA_URL.length) !== 0
    )
      continue
    images += 1
    text -= end - start
  }
  return Math.ceil(text / BYTES_PER_TOKEN) + images * TOKENS_PER_IMAGE
}

/** The same as it is likely to be, rather than at the most. */
export const likelyInputTokens = (call: Scanned): number =>
  Math.ceil((estimateInputTokens(call) * BYTES_PER_TOKEN) / LIKELY_BYTES_PER_TOKEN)
