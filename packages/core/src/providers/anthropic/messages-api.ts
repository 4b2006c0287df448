import { typedFrame } from '../../bytes/frames.ts'
import type { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { anthropicErrorBody } from '../../wire/anthropic-error.ts'
import { writeMessageUsage } from '../../wire/message-usage.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import {
  NOTHING_SEEN,
  type EventReader,
  type EventSeen,
  type NativeApi,
  type WholeAnswer,
} from '../native/native-api.ts'
import { brokeOff, classifyErrorObject } from '../openai-compatible/classify.ts'
import { Sees, type FrameFacts } from '../provider.ts'
import { declined } from '../translated/declined.ts'
import { ANTHROPIC_VERSION } from './anthropic-version.ts'
import { refusePrefill } from '../refuse-prefill.ts'
import { claudeFamily } from './claude-family.ts'
import { countsAtStart, mergeClaudeCounts, readClaudeUsage } from './read-usage.ts'
import { finishReasonFor, saysBroken, unfinished } from './stop-reason.ts'

/**
 * Anthropic's messages, as they are.
 *
 * https://docs.claude.com/en/docs/build-with-claude/streaming
 */
export const messagesApi: NativeApi = {
  path: '/messages',
  countingPath: '/messages/count_tokens',
  refuse: ({ endsWithAnswer }, target) => {
    if (endsWithAnswer === true) refusePrefill(target, claudeFamily(target.upstreamModel).prefills)
  },
  headers: ANTHROPIC_VERSION,
  words: { content_block_delta: ['text', 'partial_json', 'thinking'] },
  repeats: [],
  silent: ['ping', 'content_block_stop'],
  // A block may begin with a whole file in it, as results of tools on the server do.
  holdsPictures: true,
  read: () => new MessageReader(),
  answer: readWhole,
  writeUsage: (usage) => ({ ...writeMessageUsage(usage) }),
}

function readWhole(message: Json): WholeAnswer {
  const error = errorIn(message)
  if (message['type'] === 'error' || error !== undefined) throw new BadReplyError(classifyErrorObject(error ?? message))
  const { id, content, stop_reason: stopReason, usage } = message
  if (!Array.isArray(content)) throw new BadReplyError(badReply('sent an answer without content'))
  if (typeof stopReason !== 'string') throw new BadReplyError(unfinished)
  if (saysBroken(stopReason)) throw new BadReplyError(brokeOff)
  const blocks = content.filter(isRecord)
  const finishReason = finishReasonFor(stopReason, blocks.some(isToolUse))
  if (finishReason === 'content_filter' && blocks.every(isSilent)) throw new BadReplyError(declined)
  return { id: typeof id === 'string' ? id : undefined, finishReason, usage: readClaudeUsage(usage), words: blocks }
}

const isToolUse = ({ type }: Json): boolean => type === 'tool_use'

/** Blocks that say nothing to the caller by themselves. */
const isSilent = ({ type, text }: Json): boolean =>
  type === 'thinking' || type === 'redacted_thinking' || (type === 'text' && text === '')

class MessageReader implements EventReader {
  /** Anthropic's counts, as they were told last. */
  #counts: Json = {}
  #said = false
  #called = false

  event(event: Json): EventSeen {
    switch (event['type']) {
      case 'message_start':
        return this.#start(isRecord(event['message']) ? event['message'] : {})
      case 'content_block_start':
        return this.#block(isRecord(event['content_block']) ? event['content_block'] : {})
      case 'content_block_delta':
        return this.#delta(isRecord(event['delta']) ? event['delta'] : {})
      case 'message_delta':
        return this.#messageDelta(isRecord(event['delta']) ? event['delta'] : {}, event['usage'])
      case 'message_stop':
        // It proves nothing by itself: an answer is whole once it has said why it ends.
        return { sees: Sees.Nothing, isLast: true }
      case 'error':
        return { sees: Sees.Failure, facts: { failure: classifyErrorObject(event['error']) } }
    }
    // An event of no type is none of this API's. It may be the error of a gateway on the way, in OpenAI's shape.
    const error = event['type'] === undefined ? errorIn(event) : undefined
    return error === undefined ? NOTHING_SEEN : { sees: Sees.Failure, facts: { failure: classifyErrorObject(error) } }
  }

  #start({ id, usage }: Json): EventSeen {
    const counted = this.#count(isRecord(usage) ? countsAtStart(usage) : undefined)
    return { sees: Sees.Nothing, head: MESSAGE, facts: { ...counted, ...(typeof id === 'string' && { id }) } }
  }

  #block({ type, text, thinking }: Json): EventSeen {
    if (type === 'tool_use') this.#called = true
    if (type === 'text') return this.#words(text)
    return type === 'thinking' ? this.#words(thinking) : this.#output()
  }

  #delta({ text, thinking, partial_json: json, signature, ...more }: Json): EventSeen {
    if (signature !== undefined || json === '') return NOTHING_SEEN
    const words = text ?? thinking ?? json
    return words === undefined && Object.keys(more).length > 1 ? this.#output() : this.#words(words)
  }

  #words(words: unknown): EventSeen {
    return typeof words === 'string' && words !== '' ? this.#output(words) : NOTHING_SEEN
  }

  #output(words?: string): EventSeen {
    this.#said = true
    return { sees: Sees.Output, words }
  }

  #messageDelta({ stop_reason: stopReason }: Json, usage: unknown): EventSeen {
    const counted = this.#count(usage)
    if (typeof stopReason !== 'string') return { sees: Sees.Usage, facts: counted }
    if (saysBroken(stopReason)) return { sees: Sees.Failure, facts: { ...counted, failure: brokeOff } }
    const finishReason = finishReasonFor(stopReason, this.#called)
    if (finishReason === 'content_filter' && !this.#said)
      return { sees: Sees.Failure, facts: { ...counted, failure: declined } }
    return { sees: Sees.Finish | Sees.Usage, facts: { ...counted, finishReason }, counted: EVENT }
  }

  #count(usage: unknown): Pick<FrameFacts, 'usage'> {
    if (isRecord(usage)) this.#counts = mergeClaudeCounts(this.#counts, usage)
    return { usage: readClaudeUsage(this.#counts) }
  }

  owed(): readonly Bytes[] {
    return [typedFrame({ type: 'message_stop' })]
  }

  broken(error: SpekaError, requestId: string): Bytes {
    return typedFrame(anthropicErrorBody(error, requestId))
  }
}

const MESSAGE = ['message'] as const
const EVENT: readonly string[] = []
