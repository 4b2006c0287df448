import { randomBytes } from 'node:crypto'
import { Tiktoken } from 'js-tiktoken/lite'
import ranks from 'js-tiktoken/ranks/o200k_base'

/** What prompts are made of: each has far more tokens a byte than prose has. */
const kinds = {
  base64: (bytes: number) => randomBytes(Math.ceil((bytes * 3) / 4)).toString('base64'),
  uuid: (bytes: number) => Array.from({ length: Math.ceil(bytes / 37) }, () => crypto.randomUUID()).join(' '),
  emoji: (bytes: number) => Array.from({ length: Math.ceil(bytes / 5) }, emoji).join(' '),
  prose: (bytes: number) =>
    'The quick brown fox jumps over the lazy dog, and is not seen again. '.repeat(bytes / 68 + 1),
} as const

function emoji(): string {
  const [low = 0, high = 0] = randomBytes(2)
  return String.fromCodePoint(0x1f300 + ((low + 256 * high) % 0x300))
}

export interface Prompt {
  readonly text: string
  /** What an honest upstream counts it for. */
  readonly tokens: number
}

/** What a message costs beside its words. */
export const AROUND = 8

const SIZES = [40, 400, 2000, 6000, 12_000]

/** Prompts of every kind and of mixed size, each counted once: counting takes longer than answering. */
export function makePrompts(): readonly Prompt[] {
  const tokenizer = new Tiktoken(ranks)
  return SIZES.flatMap((bytes) =>
    Object.values(kinds).flatMap((make) =>
      Array.from({ length: 2 }, () => {
        const text = make(bytes)
        return { text, tokens: tokenizer.encode(text, [], []).length + AROUND }
      }),
    ),
  )
}
