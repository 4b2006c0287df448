import { isRecord } from '../../json.ts'
import type { RerankCall } from '../../operations/rerank/rerank-call.ts'
import type { Usage } from '../../usage.ts'
import { readUsage } from '../../wire/read-usage.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { parseAnswer } from './chat-answer.ts'
import { gatewayFacts } from './gateway-answer.ts'
import type { Answer, Reply, TranslationTarget } from '../provider.ts'
import { countOf } from '../translated/count-of.ts'
import { writeRerankAnswer } from './write-rerank-answer.ts'

/**
 * Reads a ranking in Cohere's shape.
 *
 * @param isGateway whether the upstream chose the model by itself, and says which.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readRanking(reply: Reply, call: RerankCall, target: TranslationTarget, isGateway = false): Answer {
  const answer = parseAnswer(reply)
  // Fireworks calls them so: https://docs.fireworks.ai/api-reference/rerank-documents
  const { id, data, results = data } = answer
  if (!Array.isArray(results)) throw new BadReplyError(badReply('sent an answer without results'))
  const told = results.filter(isRecord).map(({ index, relevance_score: score }) => ({ index, score }))
  const facts = {
    id: typeof id === 'string' ? id : undefined,
    usage: usageIn(answer),
  }
  return { ...(isGateway && gatewayFacts(answer)), ...writeRerankAnswer(told, facts, call, target) }
}

/** Cohere counts search units in `meta`, others tokens in `usage`: a ranking has no others than those of its prompt. */
function usageIn({ meta, usage }: Readonly<Record<string, unknown>>): Usage {
  const { billed_units: billed, tokens } = isRecord(meta) ? meta : {}
  const searches = isRecord(billed) ? countOf(billed['search_units']) : undefined
  return { ...(searches !== undefined && { searches }), ...tokensIn(usage, tokens) }
}

/** Tokens of a prompt, in OpenAI's words or in Cohere's. */
export function tokensIn(usage: unknown, tokens?: unknown): Usage {
  const { inputTokens } = readUsage(usage)
  const total = isRecord(usage) ? countOf(usage['total_tokens']) : undefined
  const counted = inputTokens ?? total ?? (isRecord(tokens) ? countOf(tokens['input_tokens']) : undefined)
  return counted === undefined ? {} : { inputTokens: counted, outputTokens: 0 }
}
