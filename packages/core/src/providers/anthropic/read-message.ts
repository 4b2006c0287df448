import type { Bytes } from '../../transport.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { declined } from '../translated/declined.ts'
import { parseReply } from '../translated/parse-reply.ts'
import type { AnswerMade, ChoiceMade } from '../translated/write-answer.ts'
import { classifyErrorObject } from '../openai-compatible/classify.ts'
import { readClaudeUsage } from './read-usage.ts'
import { finishReasonFor } from './stop-reason.ts'
import { readThinkingBlock } from './thinking-blocks.ts'

/**
 * Reads a whole message of Anthropic's.
 *
 * @throws BadReplyError when it is none, or when the model declined to say anything.
 */
export function readMessage(body: Bytes): AnswerMade & { readonly id: string | undefined } {
  const message = parseReply(body)
  const error = errorIn(message)
  if (message['type'] === 'error' || error !== undefined) throw new BadReplyError(classifyErrorObject(error ?? message))
  const blocks = message['content']
  if (!Array.isArray(blocks)) throw new BadReplyError(badReply('sent an answer without content'))
  const stopReason = message['stop_reason']
  const choice = readBlocks(blocks.filter(isRecord), typeof stopReason === 'string' ? stopReason : 'end_turn')
  const silent = choice.text === '' && choice.calls.length === 0
  if (silent && choice.finishReason === 'content_filter') throw new BadReplyError(declined)
  return {
    id: typeof message['id'] === 'string' ? message['id'] : undefined,
    choices: [choice],
    usage: readClaudeUsage(message['usage']),
  }
}

function readBlocks(blocks: readonly Record<string, unknown>[], stopReason: string): ChoiceMade {
  const textsOf = (type: string, field: string): string =>
    blocks.map((block) => (block['type'] === type && typeof block[field] === 'string' ? block[field] : '')).join('')
  const thoughts = blocks.flatMap((block) => readThinkingBlock(block) ?? [])
  return {
    index: 0,
    text: textsOf('text', 'text'),
    reasoning: textsOf('thinking', 'thinking'),
    calls: blocks.flatMap(readCall),
    finishReason: finishReasonFor(stopReason),
    ...(thoughts.length > 0 && { more: { thinking_blocks: thoughts } }),
  }
}

function readCall({ type, id, name, input }: Record<string, unknown>): ChoiceMade['calls'] {
  if (type !== 'tool_use' || typeof id !== 'string' || typeof name !== 'string') return []
  return [{ id, type: 'function', function: { name, arguments: JSON.stringify(isRecord(input) ? input : {}) } }]
}
