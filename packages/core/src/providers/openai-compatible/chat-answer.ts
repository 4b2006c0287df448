import type { FinishReason } from '../../wire/chat.ts'
import { isRecord, readUsage } from '../../wire/read-usage.ts'
import { asBuffer, memberCalled, scanObject } from '../../wire/scan-object.ts'
import { setMember, type Edit } from '../../wire/splice.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { ChatAnswer, Reply, TranslationTarget } from '../provider.ts'
import { classifyErrorObject } from './classify.ts'

/**
 * Reads a chat completion.
 *
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readChatAnswer(reply: Reply, target: TranslationTarget): ChatAnswer {
  const value = parseAnswer(reply)
  const choices = value['choices']
  if (!Array.isArray(choices) || choices.length === 0)
    throw new BadReplyError(badReply('sent an answer without choices'))
  const scan = scanObject(reply.body, Infinity)
  if (scan === undefined) throw new BadReplyError(badReply('sent something else than JSON'))
  const edits: Edit[] = []
  if (value['model'] !== target.model) edits.push(setMember(scan, 'model', JSON.stringify(target.model)))
  const usageAt = memberCalled(scan, 'usage')
  const usageJson = isRecord(value['usage']) ? value['usage'] : undefined
  return {
    body: reply.body,
    edits,
    id: typeof value['id'] === 'string' ? value['id'] : undefined,
    finishReason: finishReasonOf(choices[0]),
    usage: readUsage(usageJson),
    usageJson,
    usageAt: usageAt === undefined ? undefined : { start: usageAt.valueStart, end: usageAt.valueEnd },
  }
}

/**
 * The JSON object of a reply that claims success.
 *
 * @throws BadReplyError when it is none, or is an error in a success's clothes.
 */
export function parseAnswer(reply: Pick<Reply, 'body'>): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(asBuffer(reply.body).toString('utf8'))
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
  if (!isRecord(value)) throw new BadReplyError(badReply('sent something else than a JSON object'))
  if (value['error'] !== undefined && value['error'] !== null)
    throw new BadReplyError(classifyErrorObject(value['error']))
  return value
}

function finishReasonOf(choice: unknown): FinishReason | undefined {
  const reason = isRecord(choice) ? choice['finish_reason'] : undefined
  return typeof reason === 'string' ? reason : undefined
}
