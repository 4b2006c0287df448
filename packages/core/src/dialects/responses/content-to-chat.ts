import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { ChatMessage, ContentPart, TextPart } from '../../operations/chat/chat.ts'
import { missing, object, text, textOrList, wrong } from '../../wire/check-field.ts'
import { unsupported } from '../refuse-fields.ts'

/** What a part is called in chat, by its type here. */
const partTypes: Readonly<Record<string, (part: Json, path: string) => ContentPart>> = {
  input_text: said('text'),
  output_text: said('text'),
  text: said('text'),
  refusal: said('refusal'),
  input_image({ image_url: url, detail }, path) {
    if (typeof url !== 'string')
      throw missing(`${path}.image_url`, 'the URL of the image, or the image itself as a data URL')
    return { type: 'image_url', image_url: { url, ...(detail != null && { detail }) } }
  },
  input_file({ file_data: data, filename }, path) {
    if (typeof data !== 'string') {
      throw unsupported(
        path,
        `"${path}" must hold the file itself, as "file_data". Files are neither kept nor fetched.`,
      )
    }
    return { type: 'file', file: { ...(filename != null && { filename }), file_data: data } }
  },
  input_audio({ input_audio: audio }, path) {
    if (!isRecord(audio)) throw wrong(`${path}.input_audio`, object)
    return { type: 'input_audio', input_audio: audio }
  },
}

function said(field: string) {
  return (part: Json, path: string): ContentPart => {
    const words = part[field]
    if (typeof words !== 'string') throw wrong(`${path}.${field}`, text)
    return { type: 'text', text: words }
  }
}

/**
 * What was said, as a chat message holds it: a plain text stays or becomes one, which every upstream takes.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the place in `param`.
 */
export function contentToChat(content: unknown, path: string): NonNullable<ChatMessage['content']> {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw wrong(path, textOrList)
  const parts = content.map((part: unknown, index) => partToChat(part, `${path}[${index}]`))
  const [first] = parts
  return parts.length === 1 && first !== undefined && isText(first) ? first.text : parts
}

/**
 * The same where only words are possible: what the model itself said.
 *
 * @throws SpekaError
 */
export function wordsToChat(content: unknown, path: string): string {
  const parts = contentToChat(content, path)
  if (typeof parts === 'string') return parts
  return parts
    .map((part, index) => {
      if (isText(part)) return part.text
      const param = `${path}[${index}]`
      throw new SpekaError('invalid_value', `"${param}" must be text: it is what the model said.`, { param })
    })
    .join('')
}

const isText = (part: ContentPart): part is TextPart => part.type === 'text'

function partToChat(part: unknown, path: string): ContentPart {
  if (!isRecord(part)) throw wrong(path, object)
  const { type } = part
  if (typeof type !== 'string') throw missing(`${path}.type`, 'what the part is, such as "input_text"')
  const toChat = Object.hasOwn(partTypes, type) ? partTypes[type] : undefined
  if (toChat === undefined) {
    throw unsupported(`${path}.type`, `"${path}" is "${type.slice(0, 100)}", which is not there in this API.`)
  }
  return toChat(part, path)
}
