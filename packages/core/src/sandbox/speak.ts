import { jsonFrame } from '../bytes/frames.ts'
import { hash } from './hash.ts'
import { single, type Chunks } from './play-script.ts'
import { countTokens } from './read-prompt.ts'
import { badRequest } from './refusal.ts'
import type { StreamParts } from './stream-chat.ts'
import { silentMp3, wavOf } from './sounds.ts'

/** As fast as people speak. */
const CHARACTERS_PER_SECOND = 15
/** OpenAI's own limit. */
const MOST_CHARACTERS = 4096
const SAMPLE_RATE = 8000
/** What OpenAI's models take for a second. */
const TOKENS_PER_SECOND = 20

/** A sound, in pieces as they are sent. */
export interface Spoken {
  readonly contentType: string
  readonly pieces: Chunks
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number; readonly total_tokens: number }
}

/**
 * Speaks: a tone whose height depends on the text, as long as the text would take. As MP3 it is a silence of that length.
 *
 * @throws Refusal when the request makes no sense.
 */
export function speak(request: Readonly<Record<string, unknown>>): Spoken {
  const { input } = request
  if (typeof input !== 'string' || input === '') throw badRequest('"input" must be a text.', 'input')
  if (input.length > MOST_CHARACTERS)
    throw badRequest(`"input" may have ${MOST_CHARACTERS} characters at most.`, 'input')
  const format = request['response_format'] ?? 'mp3'
  const seconds = Math.max(0.1, input.length / CHARACTERS_PER_SECOND)
  const maker = typeof format === 'string' && Object.hasOwn(makers, format) ? makers[format] : undefined
  if (maker === undefined)
    throw badRequest(`The sandbox speaks ${Object.keys(makers).join(', ')} as "response_format".`, 'response_format')
  const [said, spoken] = [countTokens(input), Math.ceil(seconds * TOKENS_PER_SECOND)]
  const usage = { input_tokens: said, output_tokens: spoken, total_tokens: said + spoken }
  return { contentType: maker.type, pieces: cut(maker.make(input, seconds)), usage }
}

/** The same as events. */
export function streamSpeech({ pieces, usage }: Spoken, reportsUsage: boolean): StreamParts {
  const { count } = pieces
  const delta = (index: number): Buffer =>
    jsonFrame({ type: 'speech.audio.delta', audio: Buffer.from(pieces.at(index)).toString('base64') })
  return {
    roles: NOTHING,
    output: { count, at: delta },
    finishes: single(jsonFrame({ type: 'speech.audio.done', ...(reportsUsage && { usage }) })),
    usage: NOTHING,
    done: NOTHING,
  }
}

interface Maker {
  readonly type: string
  make(text: string, seconds: number): Buffer
}

const makers: Readonly<Record<string, Maker>> = {
  mp3: { type: 'audio/mpeg', make: (_, seconds) => silentMp3(seconds) },
  wav: { type: 'audio/wav', make: (text, seconds) => wavOf(tone(text, seconds), SAMPLE_RATE) },
  pcm: { type: 'audio/pcm', make: tone },
}

/** Samples of 16 bits, quiet enough for whoever listens. */
function tone(text: string, seconds: number): Buffer {
  const pitch = 220 + (hash(text) % 440)
  const samples = Math.round(seconds * SAMPLE_RATE)
  const sound = Buffer.alloc(samples * 2)
  for (let index = 0; index < samples; index += 1)
    sound.writeInt16LE(Math.round(4000 * Math.sin((2 * Math.PI * pitch * index) / SAMPLE_RATE)), index * 2)
  return sound
}

const PIECE_BYTES = 12 * 1024

const cut = (sound: Buffer): Chunks => ({
  count: Math.ceil(sound.length / PIECE_BYTES),
  at: (index) => sound.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
})

const NOTHING: Chunks = { count: 0, at: () => Buffer.alloc(0) }
