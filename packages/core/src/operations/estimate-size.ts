import type { Call } from './call.ts'
import type { ChatCall } from './chat/chat-call.ts'
import { asBuffer } from '../bytes/scan-object.ts'

/** Bytes of JSON per token, on the safe side: prose has about four. */
const BYTES_PER_TOKEN = 3
/** What an image part counts as, at the most that any model here takes for one. */
const TOKENS_PER_IMAGE = 2000
const DATA_URL = Buffer.from('"data:')

/** How large a call is, as far as can be told before it is made. */
export interface CallSize {
  /** Tokens of the prompt: an estimate on the high side. */
  readonly inputTokens: number
  /** Tokens of the answer that the caller allows; `undefined`: no limit was set. For embeddings there are none. */
  readonly outputTokens: number | undefined
  /** Images asked for; `undefined`: this is not about images. */
  readonly images: number | undefined
  /** Search units that it takes at the most. Default: nobody can tell, or none. */
  readonly searches?: number | undefined
}

/** Estimates a call from the length of its body, without decoding it. */
export function estimateSize(call: Call): CallSize {
  const inputTokens = estimateInputTokens(call)
  switch (call.endpoint) {
    case 'chat': {
      const { max_completion_tokens: newer, max_tokens: older, n } = call.outline
      const limit = newer ?? older ?? undefined
      return { inputTokens, outputTokens: limit === undefined ? undefined : limit * (n ?? 1), images: undefined }
    }
    case 'embeddings':
      return { inputTokens, outputTokens: 0, images: undefined }
    case 'images':
      return { inputTokens, outputTokens: 0, images: call.outline.n ?? 1 }
  }
}

/**
 * How many tokens of context a chat call is likely to take, its answer included as far as the caller has limited it. Lower
 * than {@link CallSize} says: to be wrong here would keep a call from a model that can answer it.
 */
export function contextTokens(call: ChatCall): number {
  const { max_completion_tokens: newer, max_tokens: older } = call.outline
  const prompt = Math.ceil((estimateInputTokens(call) * BYTES_PER_TOKEN) / LIKELY_BYTES_PER_TOKEN)
  return prompt + (newer ?? older ?? 0)
}

/** Prose, as it comes on average. */
const LIKELY_BYTES_PER_TOKEN = 4

function estimateInputTokens({ body, scan }: Call): number {
  const bytes = asBuffer(body)
  let text = bytes.length
  let images = 0
  for (const { start, end } of scan.longStrings) {
    if (bytes.compare(DATA_URL, 0, DATA_URL.length, start, start + DATA_URL.length) !== 0) continue
    images += 1
    text -= end - start
  }
  return Math.ceil(text / BYTES_PER_TOKEN) + images * TOKENS_PER_IMAGE
}
