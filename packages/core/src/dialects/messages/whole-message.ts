import { isRecord, type Json } from '../../json.ts'
import { parseExactly } from '../../wire/exact-json.ts'
import { carriedByCall, carriedFields } from '../../wire/carried-fields.ts'
import { callsIn } from '../calls-in.ts'
import { choicesIn } from '../chat-frames.ts'
import { idForCaller } from './call-id.ts'
import { signatureFor } from './foreign-thought.ts'
import { emptyMessage, type MessageHead } from './message-head.ts'
import { messageUsage } from './message-usage.ts'
import { pictureBlocks } from './picture-block.ts'
import type { MessageBlock, MessageObject } from './shapes.ts'
import { stopOf } from './stop-reason.ts'

/** A whole chat completion as a message. */
export function wholeMessage(chat: Json, head: MessageHead): MessageObject {
  const choice = choicesIn(chat).find(({ index }) => (index ?? 0) === 0) ?? {}
  const said = isRecord(choice['message']) ? choice['message'] : {}
  const calls = callsIn(said, head.id).filter(isRecord)
  const blocks = calls.flatMap((call) => callBlock(call, head))
  const message = emptyMessage(head)
  if (typeof chat['model'] === 'string') message.model = chat['model']
  message.content = [
    ...thoughtBlocks(said, calls),
    ...textBlocks(said['content']),
    ...textBlocks(said['refusal']),
    ...blocks,
    ...pictureBlocks(said['images']),
  ]
  return { ...message, ...stopOf(choice, head.stops, blocks.length > 0), usage: messageUsage(chat['usage']) }
}

function thoughtBlocks(said: Json, made: readonly Json[]): MessageBlock[] {
  const { reasoning_content: words } = said
  const thinking = typeof words === 'string' ? words : ''
  const carried = carriedFields(said)
  const calls = Object.fromEntries(
    made
      .map((call) => [String(call['id']), carriedByCall(call)])
      .filter(([, more]) => Object.keys(more ?? {}).length > 0),
  ) as Record<string, Json>
  const { phase: _phase, ...wanted } = carried
  if (thinking === '' && Object.keys(wanted).length === 0 && Object.keys(calls).length === 0) return []
  const signature = signatureFor({ ...carried, ...(Object.keys(calls).length > 0 && { calls }) })
  return [{ type: 'thinking', thinking, signature }]
}

const textBlocks = (words: unknown): MessageBlock[] =>
  typeof words === 'string' && words !== '' ? [{ type: 'text', text: words }] : []

function callBlock({ id, function: made }: Json, { names }: MessageHead): MessageBlock[] {
  if (!isRecord(made)) return []
  const { name, arguments: json } = made
  const input = inputOf(typeof json === 'string' ? json : '')
  return [{ type: 'tool_use', id: idForCaller(String(id)), name: names.forCaller(String(name)), input }]
}

/** Arguments as the object that they are here; what is none stays readable. */
function inputOf(json: string): unknown {
  try {
    const value = parseExactly(json === '' ? '{}' : json)
    return isRecord(value) ? value : { arguments: value }
  } catch {
    return { arguments: json }
  }
}
