import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import { wrong, type Kind } from '../../wire/check-field.ts'

export interface TextPart {
  readonly kind: 'text'
  readonly text: string
  /** The part as the caller sent it; `undefined` where the content was a plain string. */
  readonly source?: Json
}

/** What comes with its bytes. */
export interface DataPart {
  readonly kind: 'image' | 'audio' | 'file'
  readonly mediaType: string
  readonly base64: string
  readonly source: Json
  readonly path: string
}

/** What lies at an address. */
export interface LinkPart {
  readonly kind: 'image' | 'file'
  readonly url: string
  readonly source: Json
  readonly path: string
}

export type Part = TextPart | DataPart | LinkPart

const content: Kind = { article: 'a string or an array of content parts', is: Array.isArray }
const image: Kind = { article: 'an object with a "url": https or a base64 data URL', is: isRecord }
const data: Kind = { article: 'base64', is: (value) => typeof value === 'string' }
const dataUrl: Kind = { article: 'a base64 data URL, as in "data:image/png;base64,…"', is: () => false }
const string: Kind = { article: 'a string', is: (value) => typeof value === 'string' }

/** How each type of content part is read. */
const readers: Readonly<Record<string, (part: Json, path: string) => Part>> = {
  text: readText,
  image_url: readImage,
  input_audio: readAudio,
  file: readFile,
}

/** @throws SpekaError `invalid_value` or `unsupported_parameter`, with the part in `param`. */
export function readParts(value: unknown, path: string): Part[] {
  return partsIn(value, path).map((part, index) => {
    if (typeof part === 'string') return { kind: 'text', text: part }
    const here = `${path}[${index}]`
    const read = Object.hasOwn(readers, String(part['type'])) ? readers[String(part['type'])] : undefined
    if (read === undefined) throw unsupportedPart(`${here}.type`, part['type'])
    return read(part, here)
  })
}

/**
 * Content that may be nothing but text: what a system or an assistant says, its refusals included.
 *
 * @throws SpekaError `invalid_value` or `unsupported_parameter`, with the part in `param`.
 */
export function readTexts(value: unknown, path: string): TextPart[] {
  return partsIn(value, path).map((part, index) => {
    if (typeof part === 'string') return { kind: 'text', text: part }
    const here = `${path}[${index}]`
    if (part['type'] === 'refusal') return readText({ ...part, text: part['refusal'] }, here)
    if (part['type'] !== 'text') throw unsupportedPart(`${here}.type`, part['type'])
    return readText(part, here)
  })
}

/** The type of a part that an upstream has no room for. */
export function unsupportedPart(param: string, type: unknown): SpekaError {
  const name = typeof type === 'string' ? `"${type.slice(0, 40)}"` : 'without a type'
  return new SpekaError('unsupported_parameter', `A content part ${name} is not supported by this model here.`, {
    param,
  })
}

function partsIn(value: unknown, path: string): (string | Json)[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) throw wrong(path, content)
  return value.map((part: unknown, index) => {
    if (!isRecord(part)) throw wrong(`${path}[${index}]`, { article: 'an object', is: isRecord })
    return part
  })
}

function readText(part: Json, path: string): TextPart {
  const { text } = part
  if (typeof text !== 'string') throw wrong(`${path}.text`, string)
  return { kind: 'text', text, source: part }
}

function readImage(part: Json, path: string): Part {
  const field = `${path}.image_url`
  const image_url = part['image_url']
  const url = isRecord(image_url) ? image_url['url'] : image_url
  if (typeof url !== 'string') throw wrong(field, image)
  return readAddress('image', url, part, `${field}.url`)
}

/** OpenAI's formats of sound, by their media types. */
const audioTypes: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mp3' }

function readAudio(part: Json, path: string): DataPart {
  const audio = part['input_audio']
  const format = isRecord(audio) ? String(audio['format']) : ''
  if (!isRecord(audio) || !Object.hasOwn(audioTypes, format))
    throw wrong(`${path}.input_audio.format`, { article: '"wav" or "mp3"', is: isRecord })
  const base64 = checkBase64(audio['data'], `${path}.input_audio.data`)
  return { kind: 'audio', mediaType: audioTypes[format] ?? '', base64, source: part, path }
}

function readFile(part: Json, path: string): Part {
  const file = part['file']
  const url = isRecord(file) ? file['file_data'] : undefined
  if (isRecord(file) && file['file_id'] !== undefined && file['file_id'] !== null) {
    const message = 'Uploaded files are not known here. Send the file itself as "file_data".'
    throw new SpekaError('unsupported_parameter', message, { param: `${path}.file.file_id` })
  }
  if (typeof url !== 'string') throw wrong(`${path}.file.file_data`, dataUrl)
  return readAddress('file', url, part, `${path}.file.file_data`)
}

/** A data URL, taken apart (RFC 2397), or an address on the web. */
function readAddress(kind: 'image' | 'file', url: string, source: Json, path: string): Part {
  if (/^https?:\/\//i.test(url)) return { kind, url, source, path }
  const comma = url.indexOf(',')
  const [mediaType = '', ...parameters] = url.slice(0, Math.min(comma, 200)).split(';')
  if (comma === -1 || !/^data:[\w.+-]+\/[\w.+-]+$/i.test(mediaType) || parameters.at(-1)?.trim() !== 'base64')
    throw wrong(path, kind === 'image' ? image : dataUrl)
  const base64 = checkBase64(url.slice(comma + 1), path)
  return { kind, mediaType: registered(mediaType.slice('data:'.length).toLowerCase()), base64, source, path }
}

/**
 * Types as callers write them, by the names that are registered: https://www.iana.org/assignments/media-types. Upstreams
 * refuse the others.
 */
const otherNames: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/jfif': 'image/jpeg',
  'image/x-png': 'image/png',
  'application/x-pdf': 'application/pdf',
}

const registered = (mediaType: string): string =>
  (Object.hasOwn(otherNames, mediaType) ? otherNames[mediaType] : undefined) ?? mediaType

/** Looking for what does not belong is quicker than matching megabytes of what does. */
const NOT_BASE64 = /[^A-Za-z0-9+/=]/

function checkBase64(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '' || NOT_BASE64.test(value)) throw wrong(path, data)
  return value
}
