import { SpekaError } from '@speka/core'
import { InTokens, MOST_SPELLED_BYTES } from '@speka/core/internal'
import { Tiktoken } from 'js-tiktoken/lite'
import ranks from 'js-tiktoken/ranks/cl100k_base'
import { spellTokens, TOKENS_AT_ONCE } from './spell-tokens.ts'
import { loadTokenTable } from './token-table.ts'

const encoding = new Tiktoken(ranks)
const inTokens = (...lists: (readonly number[])[]) => new InTokens('m', 'input', lists, (texts) => texts)
/** 128 spaces. */
const LONGEST_TOKEN = encoding.encode(' '.repeat(128))[0] ?? 0
const many = (length: number): number[] => Array.from({ length }, (_, index) => index % 50_000)

/** How often others get a turn while tokens are spelled out. */
async function restsWhile(lists: readonly (readonly number[])[]): Promise<number> {
  let rests = 0
  const rest = (): Promise<unknown> => Promise.resolve((rests += 1))
  await spellTokens(inTokens(...lists), { table: loadTokenTable, rest })
  return rests
}

async function refusal(...lists: (readonly number[])[]): Promise<SpekaError> {
  try {
    await spellTokens(inTokens(...lists))
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('tokens become', () => {
  test('what the tokenizer that OpenAI publishes makes of each of them', async () => {
    const table = await loadTokenTable()
    const tokens = Array.from({ length: 100_277 }, (_, token) => token).filter(
      (token) => encoding.decode([token]) !== '',
    )
    const [text] = await spellTokens(inTokens(tokens))
    expect(text === encoding.decode(tokens)).toBe(true)
    // All but a byte order mark, which that one takes for nothing.
    expect(tokens).toHaveLength(100_260)
    expect(table.starts.length).toBe(100_278)
  })

  test('a text for each list, with the letters that several tokens share', async () => {
    const texts = ['Hello, world', 'Grüße 👩‍🚀', ' ', '<|endoftext|>']
    const lists = texts.map((text) => encoding.encode(text, 'all'))
    expect(await spellTokens(inTokens(...lists))).toEqual(texts)
  })
})

describe('others get their turns in between', () => {
  test('however long a list is', async () => {
    expect(await restsWhile([many(TOKENS_AT_ONCE - 1)])).toBe(0)
    expect(await restsWhile([many(5 * TOKENS_AT_ONCE + 1)])).toBe(5)
  })

  test('once more before much text is written', async () => {
    const long = Array.from({ length: TOKENS_AT_ONCE - 1 }, () => LONGEST_TOKEN)
    expect(await restsWhile([long])).toBe(1)
  })

  test('however many lists there are', async () => {
    expect(await restsWhile(Array.from({ length: 100 }, () => many(TOKENS_AT_ONCE / 20)))).toBe(5)
  })
})

describe('refused are', () => {
  test.each([100_256, 100_278, 4_000_000_000, Number.MAX_SAFE_INTEGER])('%d, which is no token', async (token) => {
    expect(await refusal([1], [1, token])).toMatchObject({ code: 'invalid_value', param: 'input[1]' })
  })

  test('tokens that stand for more text than one request may have', async () => {
    // The longest there is.
    const [spaces = 0] = encoding.encode(' '.repeat(81))
    const longest = Buffer.byteLength(encoding.decode([spaces]))
    const tokens = Array.from({ length: Math.ceil(MOST_SPELLED_BYTES / longest) + 1 }, () => spaces)
    expect(await refusal(tokens)).toMatchObject({ code: 'request_too_large', param: 'input' })
  })
})
