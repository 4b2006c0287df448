import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import { MOST_MESSAGES, tooManyMessages } from '../../wire/body-limits.ts'
import type { ChatMessage, PictureMade, ToolCall } from '../../operations/chat/chat.ts'
import { missing, object, textOrList, wrong } from '../../wire/check-field.ts'
import { dataUrl } from '../../wire/image-type.ts'
import { unsupported } from '../refuse-fields.ts'
import { contentToChat, wordsToChat } from './content-to-chat.ts'

/**
 * The conversation as chat's messages. Here a turn of the model is several items: reasoning, words, calls; there it is one
 * message.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the item in `param`.
 */
export function inputToMessages(input: unknown): ChatMessage[] {
  if (input === undefined || input === null)
    throw missing('input', 'what was said so far, a string or an array of items')
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (!Array.isArray(input)) throw wrong('input', textOrList)
  if (input.length > MOST_MESSAGES) throw tooManyMessages(input.length, 'input')
  const conversation = new Conversation()
  for (const [index, item] of input.entries()) {
    const path = `input[${index}]`
    if (!isRecord(item)) throw wrong(path, object)
    const type = item['type'] ?? (item['role'] === undefined ? undefined : 'message')
    if (typeof type !== 'string') throw missing(`${path}.type`, 'what the item is, such as "message"')
    const add = Object.hasOwn(itemTypes, type) ? itemTypes[type] : undefined
    if (add === undefined) {
      const shown = type.slice(0, 100)
      throw unsupported(`${path}.type`, `"${path}" is "${shown}". Only messages, reasoning and functions are there.`)
    }
    add(conversation, item, path)
  }
  const messages = conversation.end()
  if (messages.length > 0) return messages
  throw new SpekaError('invalid_value', '"input" says nothing. Send at least one message.', { param: 'input' })
}

const itemTypes: Readonly<Record<string, (conversation: Conversation, item: Json, path: string) => void>> = {
  message(conversation, { role, content }, path) {
    switch (role) {
      case 'assistant':
        return conversation.words(wordsToChat(content, `${path}.content`))
      case 'user':
        return conversation.say({ role, content: contentToChat(content, `${path}.content`) })
      // The newer name for the same; not every upstream knows it.
      case 'system':
      case 'developer':
        return conversation.say({ role: 'system', content: contentToChat(content, `${path}.content`) })
      default:
        throw new SpekaError('invalid_value', `"${path}.role" must be user, assistant, system or developer.`, {
          param: `${path}.role`,
        })
    }
  },
  function_call(conversation, { call_id: id, name, arguments: given }, path) {
    if (typeof id !== 'string') throw missing(`${path}.call_id`, 'the id that ties a call to its output')
    if (typeof name !== 'string') throw missing(`${path}.name`, 'the name of the function')
    if (typeof given !== 'string') throw missing(`${path}.arguments`, 'JSON in a string')
    conversation.call({
      id,
      type: 'function',
      function: { name, arguments: given },
    })
  },
  function_call_output(conversation, { call_id: id, output }, path) {
    if (typeof id !== 'string' || !conversation.has(id)) {
      throw new SpekaError(
        'invalid_value',
        `"${path}.call_id" belongs to no function_call before it. Answers are not kept here: send the call as well.`,
        { param: `${path}.call_id` },
      )
    }
    conversation.say({ role: 'tool', tool_call_id: id, content: contentToChat(output, `${path}.output`) })
  },
  image_generation_call(conversation, { result }, path) {
    if (typeof result !== 'string') throw missing(`${path}.result`, 'the picture in base64')
    conversation.picture({ type: 'image_url', image_url: { url: dataUrl(result) } })
  },
  reasoning(conversation, { summary, content }) {
    conversation.reasoning(thoughtsIn(content) || thoughtsIn(summary))
  },
  item_reference(conversation, { id }, path) {
    // The model does without: reasoning that nobody can read was never more than a hint to it.
    if (typeof id === 'string' && id.startsWith('rs_')) return conversation.reasoning('')
    throw unsupported(
      path,
      `"${path}" refers to an earlier answer, and answers are not kept here. Send the item itself: SDKs do with "store": false.`,
    )
  },
}

/** Reasoning that was shown; what came encrypted from elsewhere cannot be read here. */
function thoughtsIn(parts: unknown): string {
  if (!Array.isArray(parts)) return ''
  const texts = parts.map((part: unknown) => (isRecord(part) ? part['text'] : undefined))
  return texts.filter((thought) => typeof thought === 'string').join('\n\n')
}

/** A turn of the model, while it is put together. */
interface Turn {
  words?: string
  thoughts?: string
  images?: PictureMade[]
  calls: ToolCall[]
}

/** Chat's messages, while they are put together. */
class Conversation {
  readonly #messages: ChatMessage[] = []
  readonly #callIds = new Set<string>()
  #turn: Turn | undefined

  say(message: ChatMessage): void {
    this.#endTurn()
    this.#messages.push(message)
  }

  words(words: string): void {
    const turn = this.#nextTurn()
    turn.words = (turn.words ?? '') + words
  }

  reasoning(thoughts: string): void {
    if (thoughts === '') return
    const turn = this.#nextTurn()
    turn.thoughts = turn.thoughts === undefined ? thoughts : `${turn.thoughts}\n\n${thoughts}`
  }

  picture(picture: PictureMade): void {
    this.#turn ??= { calls: [] }
    this.#turn.images = [...(this.#turn.images ?? []), picture]
  }

  call(call: ToolCall): void {
    this.#turn ??= { calls: [] }
    this.#turn.calls.push(call)
    this.#callIds.add(call.id)
  }

  has(callId: string): boolean {
    return this.#callIds.has(callId)
  }

  end(): ChatMessage[] {
    this.#endTurn()
    return this.#messages
  }

  /** Words begin a new turn after words, but not after calls: in chat nothing may stand between those and their outputs. */
  #nextTurn(): Turn {
    if (this.#turn?.words !== undefined && this.#turn.calls.length === 0) this.#endTurn()
    return (this.#turn ??= { calls: [] })
  }

  #endTurn(): void {
    const { words, thoughts, images, calls } = this.#turn ?? { calls: [] }
    this.#turn = undefined
    // Thoughts alone are no message.
    if (words === undefined && images === undefined && calls.length === 0) return
    this.#messages.push({
      role: 'assistant',
      content: words ?? null,
      ...(thoughts !== undefined && { reasoning_content: thoughts }),
      ...(images !== undefined && { images }),
      ...(calls.length > 0 && { tool_calls: calls }),
    })
  }
}
