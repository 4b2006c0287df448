import { isRecord } from '../../json.ts'
import type { ChatCall } from './chat-call.ts'
import type { ChatRequest } from './chat.ts'

/** Tokens that an upstream may put before a prompt by itself: a system prompt of its own, words about tools. */
export const HIDDEN_TOKENS = 8192
/**
 * What the dearest model takes an image of a prompt for: gpt-4o-mini has 2,833 tokens and 5,667 for each tile, of which
 * there are up to eight (platform.openai.com/docs/guides/images-vision).
 */
const TOKENS_PER_IMAGE = 50_000
/** The longest answer of models whose window nobody has told; those that are known write at most half as many at once. */
const LONGEST_ANSWER = 262_144

/** Whether a request has something looked up, which then counts as prompt. Each field by its name, which is quickest: every request is asked. */
const looksThingsUp = (outline: ChatRequest): boolean =>
  outline['web_search_options'] != null ||
  outline['search_parameters'] != null ||
  outline['plugins'] != null ||
  outline['extra_body'] != null ||
  outline['cached_content'] != null

/** The most tokens that a conversation can have; `Infinity`: it holds files or sounds, or has something looked up. */
export const mostInputOfChat = ({ body, outline }: ChatCall): number =>
  body.length + HIDDEN_TOKENS + tokensBesideText(outline)

/** What a conversation may come to besides the bytes of its texts; `Infinity`: nobody can tell. */
export function tokensBesideText(outline: ChatRequest): number {
  if (looksThingsUp(outline)) return Infinity
  const { messages, tools } = outline
  if (Array.isArray(tools) && tools.some(({ type }) => type !== 'function')) return Infinity
  let tokens = 0
  for (const { content } of messages) {
    if (!Array.isArray(content)) continue
    for (const part of content as readonly unknown[]) tokens += tokensBeside(part)
  }
  return tokens
}

/** What a part of a message may come to besides its bytes; `Infinity`: nobody can tell. */
export function tokensBeside(part: unknown): number {
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

/** The most tokens that the answer can have: as many as the caller allows, or the model holds. */
export function mostOutputOfChat({ outline }: ChatCall, window = LONGEST_ANSWER, reasoningTokens = 0): number {
  const choices = outline.n ?? 1
  const allowed = outline.max_completion_tokens ?? outline.max_tokens ?? window
  return Math.min(allowed * choices + reasoningTokens, window * choices)
}
