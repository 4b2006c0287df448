import { dataOf, FrameCutter, isDone, jsonFrame } from '../bytes/frames.ts'
import { asBuffer } from '../bytes/scan-object.ts'
import { join, splice } from '../bytes/splice.ts'
import { SpekaError } from '../errors.ts'
import { isRecord, type Json } from '../json.ts'
import type { Bytes } from '../transport.ts'
import type { Failure } from '../failure.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { AnswerFacts, AnswerTail } from './attempt.ts'

/** Why an answer ended that a limit has bounded, in every dialect. */
export const BUDGET_EXHAUSTED = 'budget_exhausted'

/** Whether an answer has ended where a limit on money, or a rate of tokens, has set its bound. Who asked has not set any. */
export const hasEndedAtBound = ({ isBoundByBudget }: Call, { finishReason }: AnswerFacts): boolean =>
  isBoundByBudget === true && finishReason === 'length'

/** What its caller is told of a stream that ended there. */
export const budgetExhausted = (): SpekaError =>
  new SpekaError(
    'budget_exhausted',
    'The answer ends here: a limit on money or on tokens a minute has no more left for it. What was delivered is charged. Have the limit raised, or wait until it resets.',
  )

/** A stream has said more than the bound that a limit has set for it, whatever its upstream was sent. */
export const saidTooMuch: Failure = {
  class: 'cancelled',
  mayBeBilled: true,
  byCaller: true,
  message: 'said more than it was asked for',
  code: 'budget_exhausted',
}

/**
 * How many tokens a stream may be taken to have said before that is certain: they are counted by events and by length, which is
 * not exact. `Infinity` for a call whose answer no limit has bounded.
 */
export function mostSaid(call: Call): number {
  if (call.isBoundByBudget !== true) return Infinity
  return operations[call.endpoint].mostOutputTokens(call, undefined, 0) * 1.25 + 16
}

/** A whole answer, as its caller is told that it ended at a bound of the gateway's and not of its own. */
export function toldAsExhausted(tail: Extract<AnswerTail, { kind: 'json' }>): AnswerTail {
  const { body, edits } = tail
  const answer: unknown = JSON.parse(join(splice(body, edits)).toString('utf8'))
  if (!isRecord(answer)) return tail
  const told = Buffer.from(JSON.stringify({ ...answer, ...reasonIn(answer) }))
  return { ...tail, body: told, edits: [], usageAt: undefined, usageIsAsSent: false }
}

/** Where each dialect says why an answer ended. */
function reasonIn({ choices, incomplete_details: details, stop_reason: reason }: Json): Json {
  return {
    ...(Array.isArray(choices) && { choices: choices.map(withReason) }),
    ...(isRecord(details) && { incomplete_details: { ...details, reason: BUDGET_EXHAUSTED } }),
    ...(typeof reason === 'string' && { stop_reason: BUDGET_EXHAUSTED }),
  }
}

const withReason = (choice: unknown): unknown =>
  isRecord(choice) && choice['finish_reason'] === 'length' ? { ...choice, finish_reason: BUDGET_EXHAUSTED } : choice

/** What the last frames of a stream of chat say besides that it is over: the caller has paid for it. */
export function wordsOf(frames: readonly Bytes[]): Bytes | undefined {
  const kept: Bytes[] = []
  new FrameCutter(Infinity).push(asBuffer(join(frames)), (frame) => {
    const data = dataOf(frame)
    if (data === undefined || isDone(data)) return
    const chunk: unknown = JSON.parse(data.toString('utf8'))
    if (!isRecord(chunk) || !Array.isArray(chunk['choices'])) return
    const choices = chunk['choices'].filter(saysAnything).map((choice: Json) => ({ ...choice, finish_reason: null }))
    if (choices.length > 0) kept.push(jsonFrame({ ...chunk, choices }))
  })
  return kept.length === 0 ? undefined : join(kept)
}

const saysAnything = (choice: unknown): boolean => {
  const delta = isRecord(choice) ? choice['delta'] : undefined
  return isRecord(delta) && Object.values(delta).some((value) => value !== null && value !== '')
}
