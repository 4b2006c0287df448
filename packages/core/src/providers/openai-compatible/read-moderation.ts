import { isRecord } from '../../json.ts'
import { inputsOf, type ModerationCall } from '../../operations/moderation/moderation-call.ts'
import { moderationOperation } from '../../operations/moderation/moderation-operation.ts'
import type { ModerationResult } from '../../operations/moderation/moderation.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Answer, Reply, TranslationTarget } from '../provider.ts'
import { parseAnswer } from './chat-answer.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { tokensIn } from './read-ranking.ts'

/**
 * Reads what was found in each input, in OpenAI's shape. Whoever shows what nobody has judged relies on it, so that a result too
 * few, or one that says nothing, is no answer.
 *
 * @param isGateway whether the upstream chose the model by itself, and says which.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readModeration(
  reply: Reply,
  call: ModerationCall,
  target: TranslationTarget,
  isGateway = false,
): Answer {
  const { id, usage: told, ...answer } = parseAnswer(reply)
  const { results } = answer
  if (!Array.isArray(results)) throw new BadReplyError(badReply('sent an answer without results'))
  if (results.length !== inputsOf(call)) throw new BadReplyError(badReply('judged other inputs than it was sent'))
  const usage = tokensIn(told)
  const named = typeof id === 'string' && id !== '' ? id : undefined
  const chosen = isGateway ? gatewayFacts({ ...answer, usage: told }) : undefined
  const body = {
    ...answer,
    id: named ?? `modr-${call.id}`,
    model: chosen?.model ?? target.model,
    results: results.map(resultOf),
  }
  return {
    ...chosen,
    body: Buffer.from(JSON.stringify(body)),
    edits: [],
    id: named,
    usage,
    usageJson: moderationOperation.usageJson(usage),
    usageAt: undefined,
  }
}

/** Mistral tells of categories, and leaves it to its caller whether any applies. */
function resultOf(result: unknown): ModerationResult {
  const { categories, category_scores: scores, flagged } = isRecord(result) ? result : {}
  if (!isRecord(result) || !isRecord(categories)) throw new BadReplyError(badReply('sent a result without categories'))
  return {
    ...result,
    flagged: typeof flagged === 'boolean' ? flagged : Object.values(categories).includes(true),
    categories: categories as Record<string, boolean>,
    category_scores: isRecord(scores) ? (scores as Record<string, number>) : {},
  }
}
