import type { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { ContentPart } from '../../operations/chat/chat.ts'
import { text, wrong } from '../../wire/check-field.ts'
import { dataUrl } from '../../wire/image-type.ts'
import { unsupported } from '../refuse-fields.ts'
import { blocksOf } from './blocks.ts'
import type { Manner } from './manner.ts'

/**
 * A block of what a user says, or a tool gives, as parts of chat: a document may have several.
 *
 * @throws SpekaError `invalid_value` or `unsupported_parameter`, with the place in `param`.
 */
export function partsToChat(block: Json, path: string, manner: Manner): ContentPart[] {
  const parts = partsOf(block, path, manner)
  const mark = cacheMark(block, manner)
  const last = parts.at(-1)
  return mark === undefined || last === undefined ? parts : [...parts.slice(0, -1), { ...last, cache_control: mark }]
}

function partsOf(block: Json, path: string, manner: Manner): ContentPart[] {
  switch (block['type']) {
    case 'text':
      return [{ type: 'text', text: textOf(block, path) }]
    case 'image':
      return [{ type: 'image_url', image_url: { url: imageUrl(block['source'], `${path}.source`) } }]
    case 'document':
      return documentToChat(block, `${path}.source`, manner)
    case 'search_result':
      return searchResultToChat(block, path, manner)
    // What came of a search among tools, all of which chat is told.
    case 'tool_reference':
      return [{ type: 'text', text: manner.names.forModel(String(block['tool_name'])) }]
    default:
      throw strange(block, path)
  }
}

/** Up to where the prompt shall be cached, for a target that knows such marks. */
export function cacheMark({ cache_control: mark }: Json, { extras }: Manner): Json | undefined {
  return extras.cacheMarks === true && isRecord(mark) ? mark : undefined
}

/** Texts alone are one text, which every upstream takes; of several the parts stay, and of those with a mark. */
export function plainly(parts: ContentPart[]): string | ContentPart[] {
  const [first] = parts
  if (first === undefined) return ''
  const isPlain = parts.length === 1 && first.type === 'text' && !('cache_control' in first)
  return isPlain ? String((first as Json)['text']) : parts
}

/** @throws SpekaError `unsupported_parameter` for a block that is none of words. */
export function textOf({ type, text: words, ...block }: Json, path: string): string {
  if (type !== 'text') throw strange({ type, ...block }, path)
  if (typeof words !== 'string') throw wrong(`${path}.text`, text)
  return words
}

export const strange = ({ type }: Json, path: string): SpekaError =>
  unsupported(`${path}.type`, `"${path}" is "${String(type).slice(0, 100)}", which chat has no word for.`)

function imageUrl(source: unknown, path: string): string {
  const { type, data, media_type: mediaType, url }: Json = isRecord(source) ? source : {}
  if (type === 'base64' && typeof data === 'string')
    return typeof mediaType === 'string' ? `data:${mediaType};base64,${data}` : dataUrl(data)
  if (type === 'url' && typeof url === 'string') return url
  throw unsupported(path, `"${path}" must hold the image itself, in base64, or its URL. Files are not kept here.`)
}

function documentToChat({ source, title, context }: Json, path: string, manner: Manner): ContentPart[] {
  const { type, data, media_type: mediaType, url, content }: Json = isRecord(source) ? source : {}
  const about = [title, context].filter((words) => typeof words === 'string' && words !== '')
  const told = (parts: ContentPart[]): ContentPart[] =>
    about.length === 0 ? parts : [{ type: 'text', text: about.join('\n') }, ...parts]
  if (type === 'text' && typeof data === 'string') return told([{ type: 'text', text: data }])
  if (type === 'content' && content !== undefined)
    return told(
      blocksOf(content, `${path}.content`).flatMap((block, index) =>
        partsToChat(block, `${path}.content[${index}]`, manner),
      ),
    )
  if (type === 'base64' && typeof data === 'string' && typeof mediaType === 'string')
    return [filePart(`data:${mediaType};base64,${data}`, title, mediaType)]
  if (type === 'url' && typeof url === 'string') return [filePart(url, title, 'application/pdf')]
  throw unsupported(path, `"${path}" must hold the document itself, or its URL. Files are not kept here.`)
}

/** What a search of the caller's own has found: its words, behind where they are from. */
function searchResultToChat({ source, title, content }: Json, path: string, manner: Manner): ContentPart[] {
  const found = blocksOf(content, `${path}.content`)
  const from = [title, source].filter((words) => typeof words === 'string' && words !== '').join('\n')
  return [
    ...(from === '' ? [] : [{ type: 'text', text: from }]),
    ...found.flatMap((block, index) => partsToChat(block, `${path}.content[${index}]`, manner)),
  ]
}

/** OpenAI tells what a file is by the end of its name, and wants one. */
function filePart(url: string, title: unknown, mediaType: string): ContentPart {
  const ending = mediaType === 'application/pdf' ? '.pdf' : ''
  const named = typeof title === 'string' && title !== '' ? title : `document${ending}`
  const filename = /\.\w{1,8}$/.test(named) ? named : named + ending
  return { type: 'file', file: { filename, file_data: url } }
}
