import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import { missing, wrong, type Kind } from '../../wire/check-field.ts'
import type { FormEvent } from '../../wire/form/form-event.ts'

/** Endings by media type: providers go by what a file is called. */
const ENDINGS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/mp4': 'm4a',
  'audio/m4a': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/ogg': 'ogg',
  'audio/opus': 'ogg',
  'audio/flac': 'flac',
  'audio/x-flac': 'flac',
  'audio/webm': 'webm',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
}

const FILE: Kind = { article: 'a recording: its bytes, or a data: URL of them in base64', is: () => false }

/** A recording given by code, or within JSON, as a form would have it. @throws SpekaError when it is none. */
export function fileEvents(file: unknown, filename: unknown): FormEvent[] {
  if (file === undefined || file === null) throw missing('file', FILE.article)
  const { bytes, contentType } = recordingIn(file)
  const name = typeof filename === 'string' ? filename : `recording.${ENDINGS[contentType ?? ''] ?? 'wav'}`
  return [
    { kind: 'file', head: { name: 'file', filename: name, contentType } },
    { kind: 'bytes', bytes },
  ]
}

function recordingIn(file: unknown): { readonly bytes: Bytes; readonly contentType: string | undefined } {
  if (file instanceof Uint8Array) return { bytes: file, contentType: undefined }
  if (typeof file !== 'string') throw wrong('file', FILE)
  const [head, contentType] = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*;base64,/.exec(file) ?? []
  if (head === undefined) throw wrong('file', FILE)
  const bytes = Buffer.from(file.slice(head.length), 'base64')
  if (bytes.length === 0) throw new SpekaError('invalid_value', '"file" is empty. Send a recording.', { param: 'file' })
  return { bytes, contentType }
}
