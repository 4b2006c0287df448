import { asBuffer } from '../../bytes/scan-object.ts'
import type { AskedTarget } from '../operation.ts'
import type { ChatCall } from './chat-call.ts'
import { LONG_PREAMBLE_TOKENS, tokensBefore } from './prompt-preamble.ts'

/**
 * What an image of a prompt comes to in the models that are asked by way of chat, rather high: Qwen-VL has up to 2,560 patches of
 * two by two in its usual setting, GPT-4o some 1,100, Gemini 258 for each tile.
 */
const TOKENS_PER_IMAGE = 3000
const PICTURE = Buffer.from('"data:image/')

/**
 * About how many tokens a conversation has for a target that cannot be asked: rather too many, since whoever is told too few goes on
 * until his prompt does not fit. Unlike the most that it can have, it is near enough to plan with.
 */
export function upwardTokens(call: ChatCall, target: AskedTarget): number {
  const bytes = asBuffer(call.body)
  let tokens = 0
  let looked = 0
  let passedBy = 0
  const count = (start: number, end: number): void => {
    const stop = Math.min(end, start + MOST_LOOKED_AT - looked)
    tokens += tokensInJson(bytes, start, stop)
    looked += stop - start
    passedBy += end - stop
  }
  let pictures = 0
  let from = 0
  for (const { start, end } of call.scan.longStrings) {
    if (bytes.compare(PICTURE, 0, PICTURE.length, start, start + PICTURE.length) !== 0) continue
    count(from, start)
    pictures += 1
    from = end
  }
  count(from, bytes.length)
  const { tools } = call.outline
  // Templates explain to a model how tools are called.
  const isOfferedTools = Array.isArray(tools) && tools.length > 0
  return (
    Math.ceil(tokens * (1 + passedBy / Math.max(1, looked))) +
    pictures * TOKENS_PER_IMAGE +
    tokensBefore(call, target) +
    (isOfferedTools ? LONG_PREAMBLE_TOKENS : 0)
  )
}

/** Of a longer conversation the rest is taken to be like its beginning: looking at a MiB takes some 40 ms. */
const MOST_LOOKED_AT = 4 * 1024 * 1024

/** What a byte of JSON is, for a tokenizer. */
const Kind = {
  Space: 0,
  Lower: 1,
  Upper: 2,
  /** A token of its own: digits, which many vocabularies take one by one, and marks. */
  Single: 3,
  /** Behind it comes what it stands for. */
  Escape: 4,
  /** Begins a letter of Latin with a mark, another character of two bytes, one of three, one of four. */
  Marked: 9,
  Two: 5,
  Three: 6,
  Four: 7,
  /** Within a character. */
  Within: 8,
} as const

type Kind = (typeof Kind)[keyof typeof Kind]

function kindOf(byte: number): Kind {
  if (byte <= 0x20) return Kind.Space
  if (byte === 0x5c) return Kind.Escape
  if (byte >= 0x61 && byte <= 0x7a) return Kind.Lower
  if (byte >= 0x41 && byte <= 0x5a) return Kind.Upper
  if (byte < 0x80) return Kind.Single
  if (byte < 0xc0) return Kind.Within
  if (byte < 0xc8) return Kind.Marked
  if (byte < 0xe0) return Kind.Two
  return byte < 0xf0 ? Kind.Three : Kind.Four
}

const kinds: readonly Kind[] = Array.from({ length: 256 }, (_, byte) => kindOf(byte))

/** Letters of a word to a token, at the least: short words are known as they are, long ones are put together of pieces. */
const LETTERS_OF_SHORT = 4
const LETTERS_OF_LONG = 2
const LONG_WORD = 6
/** Of several alike, such as spaces that indent and dashes of a table, many are one token. */
const OF_A_ROW = 1 / 4
/** What a consonant behind two others adds: no vocabulary has many words with such. */
const OF_A_CROWD = 1
/** Letters that are vowels somewhere, from `a`. */
const VOWELS: ReadonlySet<number> = new Set(Buffer.from('aeiouy'))

/** Tokens of a stretch of JSON: of its words by their letters, and of all else one by one. */
export function tokensInJson(bytes: Uint8Array, start: number, end: number): number {
  let tokens = 0
  /** Of the word under way. */
  let letters = 0
  let capitals = 0
  let consonants = 0
  let last: Kind = Kind.Single
  let lastByte = -1
  const word = (): void => {
    if (letters === 0) return
    // Capitals here and there: no word, but letters that stand for bytes.
    if (capitals > 1 && capitals < letters) tokens += letters
    else tokens += Math.ceil(letters / (letters > LONG_WORD ? LETTERS_OF_LONG : LETTERS_OF_SHORT))
    letters = 0
    capitals = 0
    consonants = 0
  }
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    let kind: Kind = kinds[byte] ?? Kind.Single
    switch (kind) {
      case Kind.Lower:
        letters += 1
        consonants = VOWELS.has(byte) ? 0 : consonants + 1
        if (consonants > 2) tokens += OF_A_CROWD
        break
      case Kind.Upper:
        // A word may begin with a capital; behind small letters, another begins.
        if (last === Kind.Lower) word()
        letters += 1
        capitals += 1
        break
      case Kind.Space:
        word()
        // One goes with the word behind it.
        if (last === Kind.Space) tokens += OF_A_ROW
        break
      case Kind.Escape:
        word()
        at += 1
        // `\u0041` is a character of any script.
        if (bytes[at] === 0x75) {
          at += 4
          tokens += TOKENS_OF[Kind.Three]
        } else tokens += 1
        kind = Kind.Single
        break
      default:
        word()
        tokens += kind === Kind.Single && byte === lastByte && !isDigit(byte) ? OF_A_ROW : TOKENS_OF[kind]
    }
    last = kind
    lastByte = byte
  }
  word()
  return Math.ceil(tokens)
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** Tokens of a character: what scripts of so many bytes each come to in vocabularies that know them badly. */
const TOKENS_OF = {
  [Kind.Single]: 1,
  [Kind.Marked]: 2,
  [Kind.Two]: 1,
  [Kind.Three]: 2,
  [Kind.Four]: 4,
  [Kind.Within]: 0,
} as const
