import { isRecord } from '../../wire/read-usage.ts'
import { completeChoice, completeChunkChoice } from './complete-answer.ts'
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
 * lost), tool calls without index or with arguments as an object, reasoning under its newer name, content in parts, finish
 * reasons in words of its own, usage outside the usage event.
 *
 * @param begun what is known of each choice by its index; brought up to date.
 * @returns whether anything was changed.
 */
export function mendChunk(chunk: Json, choices: readonly Json[], begun: Map<unknown, ChoiceSoFar>): boolean {
  let mended = takeOut(chunk, 'usage')
  for (const choice of choices) {
    const index = choice['index'] ?? 0
    const known = begun.get(index)
    const soFar = known ?? { toolCall: -1, finished: false }
    begun.set(index, soFar)
    if (finishReasonOf(choice) !== undefined) soFar.finished = true
    const reworded = mendFinishReason(choice)
    // Moonshot puts it there.
    const tookUsage = takeOut(choice, 'usage')
    const completed = completeChunkChoice(choice)
    if (mendDelta(choice, soFar, known === undefined) || reworded || tookUsage || completed) mended = true
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
  const changed = mendMessage(delta)
  return numberToolCalls(delta, soFar) || changed || mended
}

/**
 * Repairs in place a choice of a whole answer.
 *
 * @param place where it stands among the choices.
 * @returns whether anything was changed.
 */
export function mendChoice(choice: Json, place: number): boolean {
  const reworded = mendFinishReason(choice)
  const mended = isRecord(choice['message']) && mendMessage(choice['message'])
  return completeChoice(choice, place) || mended || reworded
}

/**
 * Repairs in place a message or delta: reasoning under its newer name, content in parts, tool calls with arguments as an
 * object.
 *
 * @returns whether anything was changed.
 */
export function mendMessage(message: Json): boolean {
  const joined = joinContent(message)
  const renamed = renameReasoning(message)
  let mended = joined || renamed
  for (const field of NEVER_NULL) {
    if (message[field] !== null) continue
    delete message[field]
    mended = true
  }
  // One call, where OpenAI has a list of them.
  if (isRecord(message['tool_calls'])) {
    message['tool_calls'] = [message['tool_calls']]
    mended = true
  }
  for (const { function: made } of toolCallsOf(message)) {
    if (!isRecord(made) || typeof made['arguments'] !== 'object' || made['arguments'] === null) continue
    made['arguments'] = JSON.stringify(made['arguments'])
    mended = true
  }
  return mended
}

/** Fields that are a list or an object, or not there. Some upstreams send all that they know. */
const NEVER_NULL = ['tool_calls', 'function_call', 'annotations']

/** OpenRouter, Together, vLLM and Ollama say `reasoning`, and some of them `null` in every event without any. */
function renameReasoning(message: Json): boolean {
  const { reasoning } = message
  if (typeof reasoning !== 'string' && reasoning !== null) return false
  if (reasoning !== null && !message['reasoning_content']) message['reasoning_content'] = reasoning
  delete message['reasoning']
  return true
}

/** What callers know a field of a delta by. */
export const nameForCaller = (field: string): string => (field === 'reasoning' ? 'reasoning_content' : field)

/** Content as Mistral's reasoning models send it: text and thinking in parts. References to sources have no place in a text. */
function joinContent(message: Json): boolean {
  const { content } = message
  if (!Array.isArray(content)) return false
  const parts = content.filter(isRecord)
  const thinking = parts.flatMap(({ thinking: thoughts }) => (Array.isArray(thoughts) ? thoughts.filter(isRecord) : []))
  const reasoning = textOf(thinking)
  message['content'] = textOf(parts)
  if (reasoning !== '' && !message['reasoning_content']) message['reasoning_content'] = reasoning
  return true
}

const textOf = (parts: readonly Json[]): string =>
  parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('')

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

function mendFinishReason(choice: Json): boolean {
  const reason = finishReasonOf(choice)
  if (reason === undefined || choice['finish_reason'] === reason) return false
  choice['finish_reason'] = reason
  return true
}

function takeOut(object: Json, key: string): boolean {
  if (!isRecord(object[key])) return false
  delete object[key]
  return true
}
