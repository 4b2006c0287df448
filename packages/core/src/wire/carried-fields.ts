import { isRecord, type Json } from '../json.ts'

/**
 * What a turn of the model carries beside its words, calls and reasoning, and its provider wants back unchanged: without
 * it, a model that thinks loses its thread after a tool call, or refuses to go on.
 */
export interface CarriedFields {
  /** OpenRouter's: https://openrouter.ai/docs/use-cases/reasoning-tokens */
  reasoning_details?: unknown
  /** Anthropic's signed thoughts, as Speka and other gateways tell them. */
  thinking_blocks?: unknown
  /** Google's, with the signature of a thought: https://ai.google.dev/gemini-api/docs/thought-signatures */
  extra_content?: unknown
  /** OpenAI's, of a text that was said on the way, or at the end: https://platform.openai.com/docs/guides/reasoning */
  phase?: unknown
}

const names = [
  'reasoning_details',
  'thinking_blocks',
  'extra_content',
  'phase',
] as const satisfies (keyof CarriedFields)[]

/** Those fields of a message; empty when it has none. */
export function carriedFields(message: Json): CarriedFields {
  const carried: CarriedFields = {}
  for (const name of names) if (message[name] != null) carried[name] = message[name]
  return carried
}

/** What a tool call carries beside its own: the signature of the thought that led to it. */
export function carriedByCall({ id: _id, type: _type, index: _index, function: _function, ...more }: Json): Json {
  return more
}

/** Puts together what the deltas of a stream carry. */
export class CarriedInStream {
  readonly #lists = new Map<'reasoning_details' | 'thinking_blocks', unknown[]>()
  #extraContent: unknown
  #phase: unknown

  /** Takes in one delta. */
  add(delta: Json): void {
    for (const name of ['reasoning_details', 'thinking_blocks'] as const) {
      const items = delta[name]
      if (!Array.isArray(items)) continue
      const list = this.#lists.get(name) ?? []
      this.#lists.set(name, list)
      for (const item of items as unknown[]) addItem(list, item)
    }
    this.#phase = delta['phase'] ?? this.#phase
    const extra = delta['extra_content']
    if (extra == null) return
    this.#extraContent = isRecord(this.#extraContent) && isRecord(extra) ? { ...this.#extraContent, ...extra } : extra
  }

  /** What there is so far; empty when there is nothing. */
  get fields(): CarriedFields {
    return carriedFields({ ...Object.fromEntries(this.#lists), extra_content: this.#extraContent, phase: this.#phase })
  }
}

/** The details that come in pieces, and the field that grows. What is encrypted, or signed as a block, comes whole. */
const growing: Readonly<Record<string, string>> = { 'reasoning.text': 'text', 'reasoning.summary': 'summary' }

function addItem(list: unknown[], item: unknown): void {
  const at = isRecord(item) ? list.findLastIndex((earlier) => isRecord(earlier) && goesOn(earlier, item)) : -1
  if (at === -1) list.push(item)
  else list[at] = grown(list[at] as Json, item as Json)
}

/** Whether a piece belongs to an earlier one: by its index, or, where there is none, because the other is not signed yet. */
function goesOn(earlier: Json, { type, index }: Json): boolean {
  if (earlier['type'] !== type || typeof type !== 'string' || growing[type] === undefined) return false
  return index == null ? earlier['index'] == null && earlier['signature'] == null : earlier['index'] === index
}

function grown(earlier: Json, piece: Json): Json {
  const whole: Record<string, unknown> = { ...earlier }
  for (const [field, value] of Object.entries(piece)) if (value != null) whole[field] = value
  const field = growing[String(earlier['type'])] ?? ''
  const texts = [earlier[field], piece[field]].filter((text) => typeof text === 'string')
  return texts.length === 0 ? whole : { ...whole, [field]: texts.join('') }
}
