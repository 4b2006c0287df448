import { doneFrame, jsonFrame } from '../../bytes/frames.ts'
import { asBuffer, scanObject, type ObjectScan } from '../../bytes/scan-object.ts'
import { join, setMember, splice, type TextEdit } from '../../bytes/splice.ts'
import { isRecord } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { outputLimitField } from '../../wire/dialect-name.ts'
import { completeTokens, tokensInPrompt } from '../token-count.ts'
import { estimateInputTokens, likelyInputTokens } from '../estimate-input.ts'
import type { Operation } from '../operation.ts'
import { readChatCall, writeChatCall, type ChatCall } from './chat-call.ts'
import type { ChatRequest } from './chat.ts'
import { closerPromptBound } from './closer-prompt.ts'
import { mostInputOfChat, mostOutputOfChat } from './most-of-chat.ts'
import { writeUsage } from './write-usage.ts'

/** Conversations with a model, which answers in words and tool calls. */
export const chatOperation: Operation<ChatCall> = {
  paths: ['/v1/chat/completions'],
  read: readChatCall,
  write: (request, facts) => writeChatCall(request as unknown as ChatRequest, facts),
  units: [
    'input',
    'cached_input',
    'cache_write',
    'cache_write_1h',
    'output',
    'reasoning',
    'audio_input',
    'audio_output',
    'search',
    'request',
  ],
  tellingField: 'messages',
  saying: (text) => ({ messages: [{ role: 'user', content: text }] }),

  size(call) {
    const limit = limitOf(call)
    const outputTokens = limit === undefined ? undefined : limit * choicesIn(call)
    return { inputTokens: estimateInputTokens(call), outputTokens, images: undefined }
  },
  choices: (call) => choicesIn(call),
  contextTokens: (call) => likelyInputTokens(call) + (limitOf(call) ?? 0),
  limitedTo(call, outputTokens) {
    const { body, scan, outline, native } = call
    const most = Math.max(1, outputTokens)
    return {
      ...call,
      ...withMember({ body, scan }, 'max_tokens', most),
      outline: { ...outline, max_tokens: outputTokens },
      native: native && { ...native, ...withMember(native, outputLimitField[native.dialect], most) },
    }
  },
  /** A stream may take minutes, and is metered by what is left. */
  lettingGo: (call) =>
    call.stream
      ? {
          ...call,
          body: NO_BYTES,
          scan: NO_MEMBERS,
          outline: { ...call.outline, messages: [], tools: null },
          native: undefined,
          fitted: undefined,
          promptTokens: tokensInPrompt(call),
          mostPromptTokens: call.mostPromptTokens ?? mostInputOfChat(call),
        }
      : call,

  mostInputTokens: mostInputOfChat,
  closerInputTokens: closerPromptBound,
  mostOutputTokens: mostOutputOfChat,
  completeUsage: (usage, call, outputTokens) =>
    // As nearly every answer has it.
    (usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0 ? usage : completeTokens(usage, call, outputTokens),
  /** Some providers count as they go, and the last count told may be from the beginning: what was delivered counts at least. */
  usageSoFar(usage, call, outputTokens) {
    const known = completeTokens(usage, call, () => outputTokens)
    return (known.outputTokens ?? 0) >= outputTokens ? known : { ...known, outputTokens, estimated: true }
  },
  usageJson({ inputTokens = 0, outputTokens = 0, ...usage }) {
    const { estimated } = usage
    return { ...writeUsage({ ...usage, inputTokens, outputTokens }), ...(estimated === true && { estimated }) }
  },

  native: ({ native }) => native,
  leftOut: ({ leftOut }) => leftOut,
  fitted: (call, extras) => call.fitted?.(call, extras) ?? call,
  endsWithPrefill,

  stream: { canContinue: true, isMetered: true },
  /** A usage event comes only when it was asked for. */
  endStream({ frames, usage, id, created, model }, { wantsUsage }) {
    const end: Bytes[] = [...frames]
    const told = wantsUsage ? usage() : undefined
    if (told !== undefined)
      end.push(jsonFrame({ id, created, model, object: 'chat.completion.chunk', choices: [], usage: told }))
    end.push(doneFrame)
    return [join(end)]
  },
}

const limitOf = ({ outline: { max_completion_tokens: newer, max_tokens: older } }: ChatCall): number | undefined =>
  newer ?? older ?? undefined

/** Whether a call ends with the model's own words, to be gone on with: calls of tools are none. */
function endsWithPrefill({ native, outline }: ChatCall): boolean {
  if (native?.endsWithAnswer === true) return true
  const last: unknown = outline.messages.at(-1)
  if (!isRecord(last) || last['role'] !== 'assistant') return false
  const { content, tool_calls: calls } = last
  const isSaid = typeof content === 'string' ? content !== '' : Array.isArray(content) && content.length > 0
  return isSaid && !(Array.isArray(calls) && calls.length > 0)
}

type Scanned = Pick<ChatCall, 'body' | 'scan'>

function withMember({ body, scan }: Scanned, name: string, value: number): Scanned {
  const edit = setMember(scan, name, String(value))
  // What is put at the front moves all else along.
  if (edit.start === edit.end && scan.members.length > 0)
    return { body: inserted(body, edit), scan: withFirst(scan, name, edit) }
  const written = join(splice(body, [edit]))
  return { body: written, scan: scanObject(written) ?? scan }
}

/** In one copy: a limit is put into nearly every request of a key with a rate of tokens. */
function inserted(body: Bytes, { start, text }: TextEdit): Bytes {
  const from = asBuffer(body)
  const written = Buffer.allocUnsafe(from.length + text.length)
  from.copy(written, 0, 0, start)
  written.write(text, start, 'latin1')
  from.copy(written, start + text.length, start)
  return written
}

/** A scan of the same object with one member more, at its front. */
function withFirst(
  { members, longStrings, depth, object }: ObjectScan,
  key: string,
  { start, text }: TextEdit,
): ObjectScan {
  const by = text.length
  const keyEnd = start + JSON.stringify(key).length
  return {
    members: [
      { key, keyStart: start, valueStart: keyEnd + 1, valueEnd: start + by - 1 },
      ...members.map(({ key: name, keyStart, valueStart, valueEnd }) => ({
        key: name,
        keyStart: keyStart + by,
        valueStart: valueStart + by,
        valueEnd: valueEnd + by,
      })),
    ],
    longStrings: longStrings.map((span) => ({ start: span.start + by, end: span.end + by })),
    depth,
    object: { start: object.start, end: object.end + by },
  }
}

const choicesIn = ({ outline }: ChatCall): number => outline.n ?? 1

const NO_BYTES = Buffer.alloc(0)
const NO_MEMBERS: ObjectScan = { members: [], longStrings: [], depth: 1, object: { start: 0, end: 0 } }
