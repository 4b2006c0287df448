import { isRecord } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import type { PictureMade } from '../../operations/chat/chat.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { brokeOff } from '../openai-compatible/classify.ts'
import { ownIds, type IdFor } from '../tool-calls/own-ids.ts'
import { declined } from '../translated/declined.ts'
import { parseReply } from '../translated/parse-reply.ts'
import type { AnswerMade, ChoiceMade } from '../translated/write-answer.ts'
import { holdsCall, indexOf, partsIn, readPart } from './candidate-parts.ts'
import { classifyGeminiError } from './classify.ts'
import { finishReasonFor, saysBlocked, saysBroken, saysNothingOfWhy } from './finish-reason.ts'
import { readGeminiUsage } from './read-usage.ts'
import { extraContent } from './thought-signature.ts'

/**
 * Reads a whole response of Gemini's.
 *
 * @param requestId what ids of tool calls are made of where Gemini gave none.
 * @throws BadReplyError when it is none, or when the model declined to say anything.
 */
export function readResponse(body: Bytes, requestId: string): AnswerMade & { readonly id: string | undefined } {
  const response = parseReply(body, holdsCall)
  const error = errorIn(response)
  if (error !== undefined) throw new BadReplyError(classifyGeminiError(error))
  const candidates = Array.isArray(response['candidates']) ? response['candidates'].filter(isRecord) : []
  if (candidates.length === 0)
    throw new BadReplyError(
      saysBlocked(response['promptFeedback']) ? declined : badReply('sent an answer without candidates'),
    )
  if (candidates.some(({ finishReason }) => saysBroken(finishReason))) throw new BadReplyError(brokeOff)
  const idFor = ownIds(requestId)
  const choices = candidates.map((candidate, at) => readCandidate(candidate, at, idFor))
  if (choices.every(saysNothing)) {
    if (choices.some(({ finishReason }) => finishReason === 'content_filter')) throw new BadReplyError(declined)
    if (candidates.some(({ finishReason }) => saysNothingOfWhy(finishReason))) throw new BadReplyError(brokeOff)
  }
  const id = response['responseId']
  return { id: typeof id === 'string' ? id : undefined, choices, usage: readGeminiUsage(response['usageMetadata']) }
}

const saysNothing = ({ text, calls, more }: ChoiceMade): boolean =>
  text === '' && calls.length === 0 && more?.['images'] === undefined

function readCandidate(candidate: Readonly<Record<string, unknown>>, at: number, idFor: IdFor): ChoiceMade {
  let text = ''
  let reasoning = ''
  let signature: string | undefined
  const calls: ChoiceMade['calls'][number][] = []
  const images: PictureMade[] = []
  for (const part of partsIn(candidate)) {
    const said = readPart(part)
    if (said === undefined) continue
    if (said.kind === 'call') {
      calls.push({
        id: idFor(said),
        type: 'function',
        function: { name: said.name, arguments: said.args },
        ...(said.signature !== undefined && extraContent(said.signature)),
      })
      continue
    }
    signature = said.signature ?? signature
    if (said.kind === 'picture') images.push(said.picture)
    else if (said.kind === 'thought') reasoning += said.text
    else text += said.text
  }
  return {
    index: indexOf(candidate, at),
    text,
    reasoning,
    calls,
    finishReason: finishReasonFor(candidate['finishReason'], calls.length > 0),
    ...(images.length > 0 && { images }),
    ...((images.length > 0 || signature !== undefined) && {
      more: { ...(images.length > 0 && { images }), ...(signature !== undefined && extraContent(signature)) },
    }),
  }
}
