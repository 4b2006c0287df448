import type { MessageContent } from '@langchain/core/messages'

/** What a part that is not text counts as: the least that models here take for an image. */
const TOKENS_PER_PART = 85

/**
 * About how many tokens a content has, without any vocabulary: four letters of English, a letter and a half of Cyrillic, or
 * one Chinese character each. Meant for budgets and trimming; what an answer used is in its `usage_metadata`.
 */
export function countTokens(content: MessageContent): number {
  if (typeof content === 'string') return tokensOf(content)
  const texts = content.flatMap((part) => ('text' in part && typeof part['text'] === 'string' ? part['text'] : []))
  return tokensOf(texts.join('')) + TOKENS_PER_PART * (content.length - texts.length)
}

function tokensOf(text: string): number {
  // Beyond ASCII a letter has more bytes than units, and more tokens.
  const extraBytes = Buffer.byteLength(text) - text.length
  return Math.ceil(text.length / 4 + extraBytes * 0.42)
}
