import { isRecord } from '../../wire/read-usage.ts'
import { finishReasonOf } from './finish-reason.ts'

/** What a choice of a stream has had so far. */
export interface ChoiceSoFar {
  /** The index of the tool call being streamed; -1 before the first. */
  toolCall: number
  finished: boolean
}

type Json = Record<string, unknown>

/**
 * Repairs in place what breaks clients: a choice without delta, a first delta without role (helpers throw, tool calls get
 * lost), tool calls without index or with arguments as an object, reasoning under its newer name, usage outside the usage
 * event.
 *
 * @param begun what is known of each choice by its index; brought up to date.
 * @returns whether anything was changed.
 */
export function mendChunk(chunk: Json, choices: readonly Json[], begun: Map<unknown, ChoiceSoFar>): boolean {
  let mended = false
  if (isRecord(chunk['usage'])) {
    delete chunk['usage']
    mended = true
  }
  for (const choice of choices) {
    const index = choice['index'] ?? 0
    const known = begun.get(index)
    const soFar = known ?? { toolCall: -1, finished: false }
    begun.set(index, soFar)
    if (finishReasonOf(choice) !== undefined) soFar.finished = true
    if (mendDelta(choice, soFar, known === undefined)) mended = true
  }
  return mended
}

function mendDelta(choice: Json, soFar: ChoiceSoFar, first: boolean): boolean {
  let mended = false
  if (!isRecord(choice['delta'])) {
    choice['delta'] = {}
    mended = true
  }
  const delta = choice['delta'] as Json
  if (first && typeof delta['role'] !== 'string') {
    delta['role'] = 'assistant'
    mended = true
  }
  const numbered = numberToolCalls(delta, soFar)
  return mendMessage(delta) || numbered || mended
}

/**
 * Repairs in place a message or delta: reasoning under its newer name, tool calls with arguments as an object.
 *
 * @returns whether anything was changed.
 */
export function mendMessage(message: Json): boolean {
  let mended = false
  if (typeof message['reasoning'] === 'string' && message['reasoning_content'] === undefined) {
    message['reasoning_content'] = message['reasoning']
    delete message['reasoning']
    mended = true
  }
  for (const { function: made } of toolCallsOf(message)) {
    if (!isRecord(made) || typeof made['arguments'] !== 'object' || made['arguments'] === null) continue
    made['arguments'] = JSON.stringify(made['arguments'])
    mended = true
  }
  return mended
}

/**
 * Gives the tool calls of a delta the index that clients put them together by.
 *
 * @returns whether any was missing.
 */
export function numberToolCalls(delta: Json, soFar: Pick<ChoiceSoFar, 'toolCall'>): boolean {
  let changed = false
  for (const call of toolCallsOf(delta)) {
    if (typeof call['index'] === 'number') {
      soFar.toolCall = call['index']
      continue
    }
    // An id begins a call; what comes without one goes on with the last.
    if (soFar.toolCall < 0 || call['id']) soFar.toolCall += 1
    call['index'] = soFar.toolCall
    changed = true
  }
  return changed
}

const toolCallsOf = ({ tool_calls: calls }: Json): Json[] => (Array.isArray(calls) ? calls.filter(isRecord) : [])
