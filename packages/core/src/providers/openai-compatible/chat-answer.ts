import type { Failure } from '../../failure.ts'
import { isRecord } from '../../json.ts'
import { parseExactly } from '../../wire/exact-json.ts'
import { inTier, readServiceTier } from '../../wire/read-usage.ts'
import { asBuffer, memberCalled, scanObject, skipSpace, type Member, type ObjectScan } from '../../bytes/scan-object.ts'
import type { Bytes } from '../../transport.ts'
import { dropMembers, setMember, type Edit } from '../../bytes/splice.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn, tellsError } from '../error-in.ts'
import type { Answer, Reply, TranslationTarget } from '../provider.ts'
import { brokeOff, classifyErrorObject } from './classify.ts'
import { callIdsFor, completeHead, fillNulls, type AnswerName } from './complete-answer.ts'
import { holdsArgumentObjects } from '../tool-calls/plain-call.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { finishReasonOf, saysFailed } from './finish-reason.ts'
import { mendChoice } from './mend.ts'
import { readReported } from './usage-shape.ts'

/**
 * Reads a chat completion.
 *
 * @param name what it is called unless the upstream says so.
 * @param isGateway whether the upstream chose the model by itself, and says which.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readChatAnswer(reply: Reply, target: TranslationTarget, name: AnswerName, isGateway = false): Answer {
  const value = parseAnswer(reply)
  const choices = choicesOf(value['choices'])
  const scan = scanObject(reply.body, Infinity)
  if (scan === undefined) throw new BadReplyError(badReply('sent something else than JSON'))
  const changed = completeHead(value, name, 'chat.completion')
  // An error that says nothing is one all the same to who looks whether it is there.
  if (value['error'] != null) {
    changed.push('error')
    delete value['error']
  }
  const edits: Edit[] = changed
    .filter((key) => key in value)
    .map((key) => setMember(scan, key, JSON.stringify(value[key])))
  if (changed.length > 0) edits.push(...dropMembers(scan, (key) => changed.includes(key) && !(key in value)))
  const chosen = isGateway ? gatewayFacts(value) : undefined
  if (value['model'] !== (chosen?.model ?? target.model))
    edits.push(setMember(scan, 'model', JSON.stringify(target.model)))
  edits.push(...choiceEdits(choices, reply.body, scan, callIdsFor(name)))
  const usageAt = memberCalled(scan, 'usage')
  const reported = isRecord(value['usage']) ? readReported(value['usage']) : undefined
  const usageJson = reported?.usageJson
  return {
    ...chosen,
    body: reply.body,
    edits,
    id: typeof value['id'] === 'string' ? value['id'] : undefined,
    finishReason: choices[0] && finishReasonOf(choices[0]),
    usage: inTier(reported?.usage ?? {}, readServiceTier(value['service_tier'])),
    usageJson,
    usageAt: usageAt === undefined ? undefined : { start: usageAt.valueStart, end: usageAt.valueEnd },
    usageIsAsSent: usageJson === value['usage'],
  }
}

/** What must change within the choices: they are written anew, unless a message only lacks a `null`, as most upstreams' do. */
function choiceEdits(choices: Record<string, unknown>[], body: Bytes, scan: ObjectScan, mintId: () => string): Edit[] {
  const [choice] = choices
  const message = choices.length === 1 && isRecord(choice?.['message']) ? choice['message'] : undefined
  const filled = message === undefined ? [] : fillNulls(message)
  // All of them, so that each is mended.
  const mended = choices.filter((each, place) => mendChoice(each, place, mintId)).length > 0
  if (!mended && filled.length === 0) return []
  const at = mended ? undefined : beginningOfMessage(body, memberCalled(scan, 'choices'))
  if (at === undefined) return [setMember(scan, 'choices', JSON.stringify(choices))]
  return [{ start: at, end: at, text: filled.map((field) => `"${field}":null,`).join('') }]
}

const MESSAGE = Buffer.from('"message"')
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const QUOTE = 0x22

/**
 * Where the first member of the only message stands; `undefined` when it is not plain to see. Within a string its name would
 * have escapes before its quotes.
 */
function beginningOfMessage(body: Bytes, choices: Member | undefined): number | undefined {
  if (choices === undefined) return undefined
  const bytes = asBuffer(body).subarray(0, choices.valueEnd)
  const name = bytes.indexOf(MESSAGE, choices.valueStart)
  if (name === -1 || bytes.includes(MESSAGE, name + 1)) return undefined
  const colon = skipSpace(bytes, name + MESSAGE.length)
  const brace = skipSpace(bytes, colon + 1)
  const first = skipSpace(bytes, brace + 1)
  return bytes[colon] === COLON && bytes[brace] === OPEN_BRACE && bytes[first] === QUOTE ? first : undefined
}

/**
 * The JSON object of a reply that claims success.
 *
 * @throws BadReplyError when it is none, or is an error in a success's clothes.
 */
export function parseAnswer(reply: Pick<Reply, 'body'>): Record<string, unknown> {
  let value: unknown
  try {
    const text = asBuffer(reply.body).toString('utf8')
    value = JSON.parse(text)
    if (callsWithObjects(value)) value = parseExactly(text)
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
  if (!isRecord(value)) throw new BadReplyError(badReply('sent something else than a JSON object'))
  const error = errorIn(value)
  if (error !== undefined) throw new BadReplyError(classifyErrorObject(error))
  return value
}

/** Arguments that came as an object are passed on as a text, to the last digit. */
const callsWithObjects = (value: unknown): boolean =>
  isRecord(value) &&
  Array.isArray(value['choices']) &&
  value['choices'].some((choice: unknown) => isRecord(choice) && holdsArgumentObjects(choice['message']))

/**
 * The choices of an answer.
 *
 * @throws BadReplyError when there is none, one says that the upstream broke, or one has no message.
 */
export function choicesOf(value: unknown): Record<string, unknown>[] {
  const choices = Array.isArray(value) ? value.filter(isRecord) : []
  if (choices.length === 0) throw new BadReplyError(badReply('sent an answer without choices'))
  const failed = choices.find((choice) => saysFailed(finishReasonOf(choice)) || tellsError(choice))
  if (failed !== undefined) throw new BadReplyError(failureOfChoice(failed))
  if (choices.some(hasNoMessage)) throw new BadReplyError(badReply('sent an answer without a message'))
  return choices
}

/** Only what was withheld may have none. */
const hasNoMessage = (choice: Record<string, unknown>): boolean =>
  !isRecord(choice['message']) && finishReasonOf(choice) !== 'content_filter'

/** Why a choice broke off: OpenRouter says it beside the finish reason. */
export const failureOfChoice = ({ error }: Record<string, unknown>): Failure =>
  isRecord(error) ? classifyErrorObject(error) : brokeOff
