import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Whether a key reaches everything, or the sandbox only. */
export type KeyMode = 'live' | 'test'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 256 bits in base62: 62⁴³ is just above 2²⁵⁶. */
const SECRET_LENGTH = 43
/** 32 bits in base62. */
const CHECKSUM_LENGTH = 6
const BEGINNING = /^sk-speka-(?:live|test)-/
const SHAPE = new RegExp(`^sk-speka-(?:live|test)-[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`)

/** A new key: its mode for people and scanners to see, 256 random bits, and a checksum over all before it. */
export function mintKey(mode: KeyMode): string {
  const body = `sk-speka-${mode}-${base62(randomBytes(32), SECRET_LENGTH)}`
  return body + checksum(body)
}

/** A random id. It says nothing about what it is the id of, but its kind. */
export const mintId = <Kind extends string>(kind: Kind): `${Kind}_${string}` => `${kind}_${base62(randomBytes(16), 22)}`

/** The id of a key. */
export const mintKeyId = (): string => mintId('key')

/** What a text is, as far as can be told without asking the store: a guess or a typo costs no look-up. */
export type KeyJudgement =
  /** Well-formed: it may exist. */
  | 'plausible'
  /** It begins as a key of ours, but is cut short, or its checksum does not fit. */
  | 'mistyped'
  | 'foreign'

/** Judges a text by its shape and its checksum. */
export function judgeKey(text: string): KeyJudgement {
  if (!BEGINNING.test(text)) return 'foreign'
  return SHAPE.test(text) && text.endsWith(checksum(text.slice(0, -CHECKSUM_LENGTH))) ? 'plausible' : 'mistyped'
}

function checksum(body: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return base62(bytes, CHECKSUM_LENGTH)
}

function base62(bytes: Buffer, length: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  while (text.length < length) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text
    rest /= 62n
  }
  return text
}
