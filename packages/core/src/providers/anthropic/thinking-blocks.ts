import { isRecord } from '../../json.ts'

/** A thought as Anthropic signs it: the model takes it back only unchanged. */
export type ThinkingBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }

/**
 * What a message remembers of the model's thoughts, in the field `thinking_blocks`, as other gateways call it too. A
 * caller that sends them back lets the model go on thinking where it called a tool.
 */
export function thinkingBlocksIn(message: Readonly<Record<string, unknown>>): ThinkingBlock[] {
  const blocks = message['thinking_blocks']
  return Array.isArray(blocks) ? blocks.flatMap((block: unknown) => readThinkingBlock(block) ?? []) : []
}

/** @returns `undefined` for anything else, and for a thought without signature. */
export function readThinkingBlock(block: unknown): ThinkingBlock | undefined {
  if (!isRecord(block)) return undefined
  const { type, thinking, signature, data } = block
  if (type === 'thinking' && typeof thinking === 'string' && typeof signature === 'string' && signature !== '')
    return { type, thinking, signature }
  if (type === 'redacted_thinking' && typeof data === 'string') return { type, data }
  return undefined
}
