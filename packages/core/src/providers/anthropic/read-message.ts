import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { argumentsText } from '../tool-calls/arguments-text.ts'
import { ownIds, type IdFor } from '../tool-calls/own-ids.ts'
import { declined } from '../translated/declined.ts'
import type { HoldsCall } from '../translated/parse-keeping-calls.ts'
import { parseReply } from '../translated/parse-reply.ts'
import type { AnswerMade, ChoiceMade } from '../translated/write-answer.ts'
import { brokeOff, classifyErrorObject } from '../openai-compatible/classify.ts'
import { readClaudeUsage } from './read-usage.ts'
import { finishReasonFor, saysBroken, unfinished } from './stop-reason.ts'
import { readThinkingBlock } from './thinking-blocks.ts'

/** Whether a message has the input of a tool call in it. */
const holdsCall: HoldsCall = ({ content }) => Array.isArray(content) && content.some(isCall)

/** Whether a block of content is a tool call: an event begins one with its input only where that came whole. */
export const isCall = (block: unknown): boolean => isRecord(block) && block['type'] === 'tool_use'

/**
 * Reads a whole message of Anthropic's.
 *
 * @param requestId what ids of tool calls are made of where the upstream gave none.
 * @throws BadReplyError when it is none, or when the model declined to say anything.
 */
export function readMessage(body: Bytes, requestId: string): MessageMade {
  return readMessageObject(parseReply(body, holdsCall), requestId)
}

/** An answer, and what the upstream calls it. */
type MessageMade = AnswerMade & { readonly id: string | undefined }

/** The same of one that is parsed already, with the inputs of its calls to the last digit. */
export function readMessageObject(message: Json, requestId: string): MessageMade {
  const error = errorIn(message)
  if (message['type'] === 'error' || error !== undefined) throw new BadReplyError(classifyErrorObject(error ?? message))
  const blocks = message['content']
  if (!Array.isArray(blocks)) throw new BadReplyError(badReply('sent an answer without content'))
  const { stop_reason: stopReason } = message
  if (typeof stopReason !== 'string') throw new BadReplyError(unfinished)
  if (saysBroken(stopReason)) throw new BadReplyError(brokeOff)
  const choice = readBlocks(blocks.filter(isRecord), stopReason, ownIds(requestId))
  const silent = choice.text === '' && choice.calls.length === 0
  if (silent && choice.finishReason === 'content_filter') throw new BadReplyError(declined)
  return {
    id: typeof message['id'] === 'string' ? message['id'] : undefined,
    choices: [choice],
    usage: readClaudeUsage(message['usage']),
  }
}

function readBlocks(blocks: readonly Record<string, unknown>[], stopReason: string, idFor: IdFor): ChoiceMade {
  const textsOf = (type: string, field: string): string =>
    blocks.map((block) => (block['type'] === type && typeof block[field] === 'string' ? block[field] : '')).join('')
  const thoughts = blocks.flatMap((block) => readThinkingBlock(block) ?? [])
  const calls = blocks.flatMap((block) => readCall(block, idFor))
  return {
    index: 0,
    text: textsOf('text', 'text'),
    reasoning: textsOf('thinking', 'thinking'),
    calls,
    finishReason: finishReasonFor(stopReason, calls.length > 0),
    ...(thoughts.length > 0 && { more: { thinking_blocks: thoughts } }),
  }
}

function readCall(block: Record<string, unknown>, idFor: IdFor): ChoiceMade['calls'] {
  const { type, name, input } = block
  if (type !== 'tool_use' || typeof name !== 'string') return []
  return [{ id: idFor(block), type: 'function', function: { name, arguments: argumentsText(input) } }]
}
