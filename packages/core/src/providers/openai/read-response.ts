import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { argumentsText } from '../tool-calls/arguments-text.ts'
import { ownIds, type IdFor } from '../tool-calls/own-ids.ts'
import { parseReply } from '../translated/parse-reply.ts'
import type { AnswerMade, ChoiceMade } from '../translated/write-answer.ts'
import { detailsOf, PARAGRAPH, summaryText } from './reasoning-details.ts'
import { readResponseUsage } from './read-response-usage.ts'
import { failureOf, readEnd } from './response-end.ts'

/**
 * Reads a whole response of OpenAI's as the one choice of a chat answer.
 *
 * @param requestId what ids of tool calls are made of where the upstream gave none.
 * @throws BadReplyError when it is none, when it failed, or when the model declined to say anything.
 */
export function readResponse(body: Bytes, requestId: string): AnswerMade & { readonly id: string | undefined } {
  const response = parseReply(body)
  const { output, id } = response
  // A response has an `error` of its own beside its status.
  if (response['object'] !== 'response') {
    const error = errorIn(response)
    if (error !== undefined) throw new BadReplyError(failureOf(error))
  }
  const items = Array.isArray(output) ? output.filter(isRecord) : []
  const made = readItems(items, ownIds(requestId))
  const { text, calls, refusal } = made
  const end = readEnd(response, { words: text !== '' || refusal !== '', calls: calls.length > 0 })
  if ('failure' in end) throw new BadReplyError(end.failure)
  if (!Array.isArray(output)) throw new BadReplyError(badReply('sent an answer without output'))
  return {
    id: typeof id === 'string' ? id : undefined,
    choices: [choiceOf(made, end.finishReason)],
    usage: readResponseUsage(response),
  }
}

interface ItemsRead extends Pick<ChoiceMade, 'text' | 'reasoning' | 'calls'> {
  readonly refusal: string
  readonly details: readonly Json[]
  readonly annotations: readonly Json[]
  readonly phase: string | undefined
}

function readItems(items: readonly Json[], idFor: IdFor): ItemsRead {
  const messages = items.filter(({ type }) => type === 'message')
  const parts = messages.map(({ content }) => (Array.isArray(content) ? content.filter(isRecord) : []))
  const thoughts = items.filter(({ type }) => type === 'reasoning')
  return {
    text: joined(parts.map((list) => wordsIn(list, 'output_text', 'text'))),
    refusal: joined(parts.map((list) => wordsIn(list, 'refusal', 'refusal'))),
    reasoning: joined(thoughts.map(({ summary, content }) => summaryText(summary) || summaryText(content))),
    calls: items.flatMap((item) => readCall(item, idFor)),
    details: items.flatMap((item, index) => (item['type'] === 'reasoning' ? detailsOf(item, index) : [])),
    annotations: parts.flat().flatMap(({ annotations }) => annotationsOf(annotations)),
    phase: phaseOf(messages.at(-1)),
  }
}

/** What stands apart here is one text in chat. */
const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join(PARAGRAPH)

const wordsIn = (parts: readonly Json[], type: string, field: string): string =>
  parts.map((part) => (part['type'] === type && typeof part[field] === 'string' ? part[field] : '')).join('')

function readCall(item: Json, idFor: IdFor): ChoiceMade['calls'] {
  const { type, call_id: id, name, arguments: given, input } = item
  if (typeof name !== 'string') return []
  if (type === 'custom_tool_call')
    return [{ id: idFor({ id }), type: 'custom', custom: { name, input: typeof input === 'string' ? input : '' } }]
  if (type !== 'function_call') return []
  return [{ id: idFor({ id }), type: 'function', function: { name, arguments: argumentsText(given) } }]
}

/** What a text rests on, as chat tells it: its fields in one that is called as its type is. */
function annotationsOf(annotations: unknown): Json[] {
  return Array.isArray(annotations) ? annotations.flatMap((annotation: unknown) => annotationOf(annotation)) : []
}

/** @returns nothing for what is none. */
export function annotationOf(annotation: unknown): Json[] {
  if (!isRecord(annotation) || typeof annotation['type'] !== 'string') return []
  const { type, ...fields } = annotation
  return [{ type, [type as string]: fields }]
}

/** Whether a message was said on the way or at the end, which newer models want to know of their own. */
export function phaseOf(message: Json | undefined): string | undefined {
  const phase = message?.['phase']
  return typeof phase === 'string' ? phase : undefined
}

function choiceOf(made: ItemsRead, finishReason: string): ChoiceMade {
  const { text, reasoning, calls, refusal, details, annotations, phase } = made
  const more = {
    ...(refusal !== '' && { ...(text === '' && { content: null }), refusal }),
    ...(annotations.length > 0 && { annotations }),
    ...(phase !== undefined && { phase }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
  return { index: 0, text, reasoning, calls, finishReason, ...(Object.keys(more).length > 0 && { more }) }
}
