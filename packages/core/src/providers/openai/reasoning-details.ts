import { isRecord, type Json } from '../../json.ts'

/** By what name OpenRouter knows reasoning that only OpenAI's responses API can read. */
const FORMAT = 'openai-responses-v1'

/** An item of reasoning, to be sent back as it came. */
export interface ReasoningItem {
  readonly type: 'reasoning'
  readonly id?: string
  readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[]
  readonly encrypted_content: string
}

/** Where an item of reasoning stood in the answer, counted from 0. */
export interface ReasoningPlace {
  readonly item: ReasoningItem
  readonly index: number
}

/**
 * What chat remembers of an item of reasoning, in the words that OpenRouter has for it, which clients know how to keep:
 * https://openrouter.ai/docs/use-cases/reasoning-tokens. Without its encrypted part it cannot be sent back, and there is
 * nothing to remember.
 */
export function detailsOf(item: Json, index: number): Json[] {
  const { id, summary, encrypted_content: data } = item
  if (typeof data !== 'string' || data === '') return []
  const place = { ...(typeof id === 'string' && { id }), format: FORMAT, index }
  const text = summaryText(summary)
  return [
    ...(text === '' ? [] : [{ type: 'reasoning.summary', summary: text, ...place }]),
    { type: 'reasoning.encrypted', data, ...place },
  ]
}

/** The summary of an item of reasoning, or the reasoning itself where a model shows it. */
export function summaryText(parts: unknown): string {
  if (!Array.isArray(parts)) return ''
  const texts = parts.map((part: unknown) => (isRecord(part) ? part['text'] : undefined))
  return texts.filter((text) => typeof text === 'string' && text !== '').join(PARAGRAPH)
}

/** What stands between parts of a summary, which chat has in one text. */
export const PARAGRAPH = '\n\n'

/** The items of reasoning that a message of the history remembers. What another provider has encrypted is not among them. */
export function reasoningItemsIn({ reasoning_details: details }: Json): ReasoningPlace[] {
  const own = (Array.isArray(details) ? details : []).filter(
    (detail): detail is Json => isRecord(detail) && detail['format'] === FORMAT,
  )
  return own.flatMap(({ type, data, id, index }) => {
    if (type !== 'reasoning.encrypted' || typeof data !== 'string' || data === '') return []
    const summary = own.flatMap((other) =>
      other['type'] === 'reasoning.summary' && other['id'] === id && typeof other['summary'] === 'string'
        ? [{ type: 'summary_text' as const, text: other['summary'] }]
        : [],
    )
    const item = { type: 'reasoning' as const, ...(typeof id === 'string' && { id }), summary, encrypted_content: data }
    return [{ item, index: typeof index === 'number' ? index : 0 }]
  })
}
