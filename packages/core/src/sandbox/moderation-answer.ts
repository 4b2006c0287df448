import { isRecord } from '../json.ts'
import type { ModerationResult } from '../operations/moderation/moderation.ts'
import { hash, mix } from './hash.ts'
import { partSeen } from './part-seen.ts'
import { wordsOf } from './rank.ts'
import { badRequest } from './refusal.ts'

/** OpenAI's categories, and the words by which the sandbox takes a text for one of them. */
const signs: Readonly<Record<string, readonly string[]>> = {
  harassment: ['idiot', 'stupid'],
  'harassment/threatening': ['threaten'],
  hate: ['hate'],
  'hate/threatening': [],
  illicit: ['bomb', 'steal'],
  'illicit/violent': ['bomb'],
  'self-harm': ['suicide'],
  'self-harm/intent': [],
  'self-harm/instructions': [],
  sexual: ['porn'],
  'sexual/minors': [],
  violence: ['kill', 'attack', 'bomb'],
  'violence/graphic': [],
}

/** What was found in each input. */
export interface Moderation {
  readonly id: string
  readonly results: readonly ModerationResult[]
}

/**
 * The answer to a moderation request, a pure function of it: a text is what its words say. Pictures are always fine.
 *
 * @throws Refusal when the request makes no sense.
 */
export function moderationAnswer({ input }: Readonly<Record<string, unknown>>, id: string): Moderation {
  if (typeof input === 'string') return { id, results: [judged(input)] }
  if (!Array.isArray(input) || input.length === 0) throw badRequest('"input" must be a text or an array.', 'input')
  const items: readonly unknown[] = input
  const texts = items.map(textOf)
  return { id, results: typeof items[0] === 'string' ? texts.map(judged) : [judged(texts.join('\n'))] }
}

function textOf(item: unknown, index: number): string {
  if (typeof item === 'string') return item
  if (isRecord(item) && item['type'] === 'image_url') return ''
  if (isRecord(item) && typeof item['text'] === 'string') return item['text']
  throw badRequest(`"input[${index}]" must be a text or a picture.`, `input[${index}]`)
}

function judged(text: string): ModerationResult {
  const words = wordsOf(text)
  const seed = hash(partSeen(text))
  const found = Object.entries(signs).map(([category, of]) => [category, of.some((word) => words.has(word))] as const)
  return {
    flagged: found.some(([, applies]) => applies),
    categories: Object.fromEntries(found),
    category_scores: Object.fromEntries(found.map(([category, applies], at) => [category, score(seed + at, applies)])),
    category_applied_input_types: Object.fromEntries(found.map(([category]) => [category, ['text']])),
  }
}

/** Sure of what it found, and nearly sure of what it did not. */
const score = (seed: number, applies: boolean): number => (applies ? 0.9 : 0) + (mix(seed) % 1000) / 10_000
