import { asBuffer, LONG_STRING_BYTES } from '../bytes/scan-object.ts'
import type { Bytes } from '../transport.ts'
import type { Usage } from '../usage.ts'
import type { OperationName } from '../wire/operation-name.ts'
import type { Call } from './call.ts'

/** Prose, in the languages that tokenizers were made for. */
const BYTES_PER_TOKEN = 4

/**
 * A count of tokens for when the provider gives none. Most send an event for each token, so the events count; where one
 * holds more, its length does.
 */
export class TokenCount {
  #events = 0
  #textBytes = 0

  add(events: number, textBytes: number): void {
    this.#events += events
    this.#textBytes += textBytes
  }

  get tokens(): number {
    return Math.max(this.#events, Math.ceil(this.#textBytes / BYTES_PER_TOKEN))
  }
}

/** Fields of a message or delta that are not the model's words. The length of a picture or a sound says nothing of its tokens. */
const NOT_WORDS = new Set(['role', 'name', 'id', 'type', 'tool_call_id', 'images', 'data'])

/** How many characters of output the choices of a chunk, or of a whole answer, hold: text, reasoning and arguments. */
export function textLengthOf(choices: readonly Readonly<Record<string, unknown>>[]): number {
  let length = 0
  for (const { delta, message } of choices) length += lengthOfWords(delta ?? message)
  return length
}

/**
 * How many characters of words a message, or anything made of them, holds.
 *
 * @param longestBytes of a text; longer ones are left out. Default: none is.
 */
export function lengthOfWords(value: unknown, longestBytes = Infinity): number {
  if (typeof value === 'string') return isLonger(value, longestBytes) ? 0 : value.length
  if (typeof value !== 'object' || value === null) return 0
  let length = 0
  for (const [field, inner] of Object.entries(value))
    if (!NOT_WORDS.has(field)) length += lengthOfWords(inner, longestBytes)
  return length
}

/** A character has at least one byte, and at most three. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes)

/**
 * Usage with the tokens that the provider left out filled in and marked as an estimate. A zero is no count where there was
 * something to count: only an answer without a word may have used nothing.
 *
 * @param outputTokens a count of the output, asked for only when it is needed. Without it there is none to count.
 */
export function completeTokens(usage: Usage, call: Call, outputTokens?: () => number): Usage {
  const { inputTokens, outputTokens: told } = usage
  const isWhole = outputTokens === undefined || isCounted(told)
  if (isCounted(inputTokens) && isWhole) return usage
  const output = isWhole ? told : outputTokens()
  if (outputTokens !== undefined && inputTokens === 0 && told === 0 && output === 0) return usage
  const input = isCounted(inputTokens) ? inputTokens : tokensInPrompt(call)
  if (input === inputTokens && output === told) return usage
  return { ...usage, inputTokens: input, outputTokens: output, estimated: true }
}

const isCounted = (count: number | undefined): boolean => count !== undefined && count > 0

/** The members of a request that a model reads. What stands in none of them is not counted. */
const membersRead: Readonly<Record<OperationName, readonly string[]>> = {
  chat: ['messages', 'tools'],
  embeddings: ['input'],
  images: ['prompt'],
  image_edits: ['prompt'],
  rerank: ['query', 'documents'],
  transcription: ['prompt'],
  translation: ['prompt'],
  speech: ['input', 'instructions'],
  moderation: ['input'],
}

/** About how many tokens a prompt has: its words, and a few for each message's frame. */
export function tokensInPrompt({ endpoint, body, outline, scan, promptTokens }: Call): number {
  if (promptTokens !== undefined) return promptTokens
  const members = outline as Readonly<Record<string, unknown>>
  const { messages } = members
  const count = new TokenCount()
  // What was too long to be parsed is counted where it stands in the body; a call made by code has it in its outline too.
  const longest = scan.longStrings.length === 0 ? Infinity : LONG_STRING_BYTES - QUOTES
  count.add(
    0,
    lengthOfWords(
      membersRead[endpoint].map((name) => members[name]),
      longest,
    ),
  )
  let tokens = FRAME_TOKENS * (Array.isArray(messages) ? messages.length : 0)
  for (const { start, end } of scan.longStrings) {
    if (isFile(body, start)) tokens += TOKENS_PER_FILE
    else count.add(0, end - start)
  }
  return count.tokens + tokens
}

const FRAME_TOKENS = 4
const QUOTES = 2
/** About what an image comes to, or a minute and a half of sound: their bytes say nothing of it. */
const TOKENS_PER_FILE = 1000

/** Whether the string that begins at `start` is no words but a file, by the name of its field. */
const isFile = (body: Bytes, start: number): boolean =>
  FILE_FIELD.test(asBuffer(body).toString('latin1', Math.max(0, start - LONGEST_FIELD), start))

/** Where chat's parts of a message have images, sounds and other files. */
const FILE_FIELD = /"(?:url|data|file_data)"\s*:\s*$/
const LONGEST_FIELD = 20
