import { isRecord, type Json } from '../../json.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { CompletionUsage } from '../../operations/chat/chat.ts'
import type { Completion, CompletionChoice, CompletionChunk, CompletionFinishReason } from './shapes.ts'
import { choicesIn } from '../chat-frames.ts'

/** A whole chat completion as a completion: the text of each choice. */
export function completionOf(chat: Json, call: ChatCall): Completion {
  const choices = choicesIn(chat).map((choice) => ({
    ...choiceOf(choice, choice['message']),
    finish_reason: finishOf(choice) ?? 'stop',
  }))
  return { ...headOf(chat, call), choices, ...usageIn(chat) }
}

/** A chat chunk as a completion's; `undefined` when it says nothing that a completion has a place for. */
export function completionChunkOf(chunk: Json, call: ChatCall): CompletionChunk | undefined {
  const choices = choicesIn(chunk)
    .map((choice) => ({ ...choiceOf(choice, choice['delta']), finish_reason: finishOf(choice) }))
    .filter(({ text, finish_reason }) => text !== '' || finish_reason !== null)
  const usage = usageIn(chunk)
  return choices.length > 0 || usage !== undefined ? { ...headOf(chunk, call), choices, ...usage } : undefined
}

function headOf(
  { id, created, model, system_fingerprint: fingerprint }: Json,
  call: ChatCall,
): Omit<Completion, 'choices'> {
  return {
    id: typeof id === 'string' ? id : `cmpl-${call.id}`,
    object: 'text_completion',
    created: typeof created === 'number' ? created : Math.trunc(call.receivedAt / 1000),
    model: typeof model === 'string' ? model : call.outline.model,
    ...(typeof fingerprint === 'string' && { system_fingerprint: fingerprint }),
  }
}

/** The text of a message or of a delta: what the model said, or why it would not. */
function choiceOf({ index }: Json, said: unknown): Omit<CompletionChoice, 'finish_reason'> {
  const { content, refusal }: Json = isRecord(said) ? said : {}
  const text = [content, refusal].find((words) => typeof words === 'string' && words !== '')
  return { text: typeof text === 'string' ? text : '', index: typeof index === 'number' ? index : 0, logprobs: null }
}

const KNOWN = new Set<unknown>([
  'stop',
  'length',
  'content_filter',
  'budget_exhausted',
] satisfies CompletionFinishReason[])

/** `null` while it goes on. Chat has more reasons than completions know. */
function finishOf({ finish_reason: reason }: Json): CompletionFinishReason | null {
  if (typeof reason !== 'string' || reason === '') return null
  return KNOWN.has(reason) ? (reason as CompletionFinishReason) : 'stop'
}

const usageIn = ({ usage }: Json): { usage: CompletionUsage } | undefined =>
  isRecord(usage) ? { usage: usage as unknown as CompletionUsage } : undefined
