import { isRecord } from '../json.ts'
import type { Call } from '../operations/call.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import type { ChatRequest } from '../operations/chat/chat.ts'

/** Tokens that an upstream may put before a prompt by itself: a system prompt of its own, words about tools. */
const HIDDEN_TOKENS = 8192
/** The same around each text of an embeddings request: marks of its ends, or an instruction. */
const TOKENS_AROUND_TEXT = 128
/**
 * What the dearest model takes an image of a prompt for: gpt-4o-mini has 2,833 tokens and 5,667 for each tile, of which
 * there are up to eight (platform.openai.com/docs/guides/images-vision).
 */
const TOKENS_PER_IMAGE = 50_000
/** The longest answer of one image: what Gemini's image models may write at once (ai.google.dev/gemini-api/docs/models). */
const TOKENS_PER_IMAGE_MADE = 32_768
/** The longest prompt of models whose window nobody has told: Gemini 1.5 Pro and Grok 4 Fast hold two million tokens. */
const LARGEST_WINDOW = 2_000_000
/** The longest answer of such models; those that are known write at most half as many at once. */
const LONGEST_ANSWER = 262_144

/** Fields of a request that have the upstream look something up, which then counts as prompt. */
const LOOK_UPS: readonly string[] = [
  'web_search_options',
  'search_parameters',
  'plugins',
  'extra_body',
  'cached_content',
]

/**
 * The most tokens that a call's prompt can have: each stands for a byte at least, but what the upstream adds has to be
 * allowed for.
 *
 * @param contextWindow of the model, which bounds a prompt that holds more than text; `undefined`: nobody said.
 */
export function mostInputTokens(call: Call, contextWindow: number | undefined): number {
  const tokens = call.mostPromptTokens ?? boundOfPrompt(call)
  return tokens === Infinity ? (contextWindow ?? LARGEST_WINDOW) : tokens
}

/** The same as far as the call alone tells; `Infinity`: it holds files or sounds, or has something looked up. */
export function boundOfPrompt(call: Call): number {
  const bytes = call.body.length
  switch (call.endpoint) {
    case 'chat':
      return bytes + HIDDEN_TOKENS + tokensBesideText(call.outline)
    case 'embeddings':
      return bytes + TOKENS_AROUND_TEXT * (Array.isArray(call.outline.input) ? call.outline.input.length : 1)
    case 'images':
      return bytes + HIDDEN_TOKENS
  }
}

function tokensBesideText(outline: ChatRequest): number {
  const { messages, tools } = outline
  if (LOOK_UPS.some((field) => outline[field] != null)) return Infinity
  if (Array.isArray(tools) && tools.some(({ type }) => type !== 'function')) return Infinity
  let tokens = 0
  for (const { content } of messages) {
    if (!Array.isArray(content)) continue
    for (const part of content as readonly unknown[]) tokens += tokensBeside(part)
  }
  return tokens
}

/** What a part of a message may come to besides its bytes. */
function tokensBeside(part: unknown): number {
  switch (isRecord(part) ? part['type'] : 'text') {
    case 'text':
    case 'refusal':
      return 0
    case 'image_url':
      return TOKENS_PER_IMAGE
    default:
      return Infinity
  }
}

/**
 * The most tokens that an answer to a call can have, all choices together: as many as the caller allows, or the model holds.
 *
 * @param reasoningTokens how many of them went into reasoning: some upstreams do not count those against the caller's limit.
 */
export function mostOutputTokens(call: Call, contextWindow: number | undefined, reasoningTokens = 0): number {
  switch (call.endpoint) {
    case 'chat':
      return mostOfChat(call, contextWindow ?? LONGEST_ANSWER, reasoningTokens)
    case 'embeddings':
      return 0
    case 'images':
      return TOKENS_PER_IMAGE_MADE * mostImages(call)
  }
}

function mostOfChat({ outline }: ChatCall, held: number, reasoningTokens: number): number {
  const choices = outline.n ?? 1
  const allowed = outline.max_completion_tokens ?? outline.max_tokens ?? held
  return Math.min(allowed * choices + reasoningTokens, held * choices)
}

/** The most images that a call can be answered with. */
export const mostImages = (call: Call): number => (call.endpoint === 'images' ? (call.outline.n ?? 1) : 0)
