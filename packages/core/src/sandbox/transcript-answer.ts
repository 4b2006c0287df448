import { jsonFrame } from '../bytes/frames.ts'
import type { FormFile } from '../wire/form/form-file.ts'
import { isSound, likelySeconds, soundSeconds } from '../wire/sound/sound-length.ts'
import { countTokens } from './read-prompt.ts'
import { badRequest } from './refusal.ts'
import type { StreamParts } from './stream-chat.ts'
import { single, type Chunks } from './play-script.ts'

/** What the sandbox has heard. */
export interface Heard {
  readonly text: string
  readonly seconds: number
  readonly format: string
}

const FORMATS = ['json', 'text', 'srt', 'vtt', 'verbose_json']

/**
 * Listens to a recording: what it says of it depends on nothing but its length.
 *
 * @throws Refusal for what is no recording.
 */
export function listen(request: Readonly<Record<string, unknown>>, recording: FormFile | undefined): Heard {
  if (recording === undefined) throw badRequest('The sandbox takes recordings as forms. Send "file" in one.', 'file')
  if (!isSound(recording)) throw badRequest('"file" is no recording in a format that the sandbox knows.', 'file')
  const format = request['response_format'] ?? 'json'
  if (typeof format !== 'string' || !FORMATS.includes(format))
    throw badRequest(`"response_format" must be one of ${FORMATS.join(', ')}.`, 'response_format')
  const seconds = soundSeconds(recording) ?? likelySeconds(recording.bytes)
  const said = Number(seconds.toFixed(1))
  return { text: `The sandbox heard ${said} seconds of sound.`, seconds, format }
}

/** The answer as JSON, or `undefined` for a format that is words. */
export function transcriptJson({ text, seconds, format }: Heard, usage: boolean): object | undefined {
  const counted = usage ? { usage: usageOf(seconds) } : {}
  if (format === 'json') return { text, ...counted }
  if (format !== 'verbose_json') return undefined
  const segment = { id: 0, seek: 0, start: 0, end: seconds, text, tokens: [], temperature: 0 }
  return { task: 'transcribe', language: 'english', duration: seconds, text, segments: [segment], ...counted }
}

/** The same as words, and what they are. */
export function transcriptText({ text, seconds, format }: Heard): { type: string; body: string } {
  if (format === 'srt')
    return { type: 'application/x-subrip', body: `1\n${at(0, ',')} --> ${at(seconds, ',')}\n${text}\n\n` }
  if (format === 'vtt')
    return { type: 'text/vtt', body: `WEBVTT\n\n${at(0, '.')} --> ${at(seconds, '.')}\n${text}\n\n` }
  return { type: 'text/plain; charset=utf-8', body: `${text}\n` }
}

/** The same as events, a word each. */
export function streamTranscript({ text, seconds }: Heard, reportsUsage: boolean): StreamParts {
  const words = text.split(/(?<= )/)
  const delta = (index: number): Buffer => jsonFrame({ type: 'transcript.text.delta', delta: words[index] ?? '' })
  const usage = reportsUsage ? { usage: usageOf(seconds) } : {}
  return {
    roles: nothing,
    output: { count: words.length, at: delta },
    finishes: single(jsonFrame({ type: 'transcript.text.done', text, ...usage })),
    usage: nothing,
    done: nothing,
  }
}

export const wordsIn = ({ text }: Heard): number => countTokens(text)

const usageOf = (seconds: number) => ({ type: 'duration', seconds: Math.ceil(seconds) })

const nothing: Chunks = { count: 0, at: () => Buffer.alloc(0) }

/** A moment as subtitles have it. */
function at(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000)
  const [hours, minutes, rest] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60]
  return `${two(hours)}:${two(minutes)}:${two(rest)}${point}${String(ms % 1000).padStart(3, '0')}`
}

const two = (value: number): string => String(value).padStart(2, '0')
