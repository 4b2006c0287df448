import { isRecord, type MutableJson } from '../../json.ts'
import { mendWholeCalls } from '../tool-calls/whole-calls.ts'
import { callsIn, plainFunctionCall } from '../tool-calls/plain-call.ts'
import { StreamedCalls } from '../tool-calls/streamed-calls.ts'
import { completeChoice, completeChunkChoice } from './complete-answer.ts'
import { finishReasonOf } from './finish-reason.ts'

/** What a choice of a stream has had so far. */
export interface ChoiceSoFar {
  /** Most have none. */
  calls: StreamedCalls | undefined
  /** Whether a function was called as it was before there were tools. */
  calledFunction: boolean
  finished: boolean
}

/**
 * Repairs in place what breaks clients: a choice without delta, a first delta without role (helpers throw, tool calls get
 * lost), tool calls that cannot be told apart or are not complete, reasoning under its newer name, content in parts, finish
 * reasons in words of its own, usage outside the usage event.
 *
 * @param begun what is known of each choice by its index; brought up to date.
 * @param mintId makes an id for a tool call.
 * @returns whether anything was changed.
 */
export function mendChunk(
  chunk: MutableJson,
  choices: readonly MutableJson[],
  begun: Map<unknown, ChoiceSoFar>,
  mintId: () => string,
): boolean {
  let mended = takeOut(chunk, 'usage')
  // One that says anything has ended the stream. To OpenAI's SDK, any object is an error.
  if (chunk['error'] != null) {
    delete chunk['error']
    mended = true
  }
  for (const choice of choices) {
    const index = choice['index'] ?? 0
    const known = begun.get(index)
    const soFar = known ?? { calls: undefined, calledFunction: false, finished: false }
    if (known === undefined) begun.set(index, soFar)
    // Moonshot puts it there.
    const tookUsage = takeOut(choice, 'usage')
    const completed = completeChunkChoice(choice)
    const mendedDelta = mendDelta(choice, soFar, known === undefined, mintId)
    const ended = mendEnd(choice, soFar)
    if (mendedDelta || ended || tookUsage || completed) mended = true
  }
  return mended
}

function mendDelta(choice: MutableJson, soFar: ChoiceSoFar, first: boolean, mintId: () => string): boolean {
  let mended = false
  if (!isRecord(choice['delta'])) {
    choice['delta'] = {}
    mended = true
  }
  const delta = choice['delta'] as MutableJson
  if (mendRole(delta, first)) mended = true
  const changed = mendMessage(delta)
  if (delta['function_call'] !== undefined) soFar.calledFunction = true
  if (delta['tool_calls'] === undefined) return changed || mended
  soFar.calls ??= new StreamedCalls(mintId)
  return soFar.calls.add(delta) || changed || mended
}

/** The role stands in the first delta, and is that of whoever answers. */
function mendRole(delta: MutableJson, first: boolean): boolean {
  const { role } = delta
  if (typeof role === 'string' && role !== '') return false
  if (first) delta['role'] = 'assistant'
  else delete delta['role']
  return first || role !== undefined
}

/** What must be right when a choice ends: why it does, and that its calls are complete. */
function mendEnd(choice: MutableJson, soFar: ChoiceSoFar): boolean {
  const reason = finishReasonOf(choice)
  if (reason === undefined) return false
  soFar.finished = true
  const ended = reason !== 'length' && soFar.calls?.end(choice['delta'] as MutableJson) === true
  return mendFinishReason(choice, soFar.calls?.any === true, soFar.calledFunction) || ended
}

/**
 * Repairs in place a choice of a whole answer.
 *
 * @param place where it stands among the choices.
 * @param mintId makes an id for a tool call.
 * @returns whether anything was changed.
 */
export function mendChoice(choice: MutableJson, place: number, mintId: () => string): boolean {
  const message = isRecord(choice['message']) ? choice['message'] : {}
  const mendedMessage = mendMessage(message)
  const isCut = finishReasonOf(choice) === 'length'
  const hasCalls = message['tool_calls'] !== undefined
  const mendedCalls = hasCalls && mendWholeCalls(message, mintId, isCut)
  const reworded = mendFinishReason(
    choice,
    hasCalls && callsIn(message).length > 0,
    message['function_call'] !== undefined,
  )
  return completeChoice(choice, place) || mendedMessage || mendedCalls || reworded
}

/**
 * Repairs in place what a message and a delta have in common: reasoning under its newer name, content in parts, arguments of a
 * function that are no text, fields that are never `null`.
 *
 * @returns whether anything was changed.
 */
function mendMessage(message: MutableJson): boolean {
  const joined = joinContent(message)
  const renamed = renameReasoning(message)
  const plain = plainFunctionCall(message)
  let mended = joined || renamed || plain
  for (const field of NEVER_NULL) {
    if (message[field] !== null) continue
    delete message[field]
    mended = true
  }
  return mended
}

/** Fields that are a list or an object, or not there. Some upstreams send all that they know. */
const NEVER_NULL = ['tool_calls', 'function_call', 'annotations', 'images']

/** OpenRouter, Together, vLLM and Ollama say `reasoning`, and some of them `null` in every event without any. */
function renameReasoning(message: MutableJson): boolean {
  const { reasoning } = message
  if (typeof reasoning !== 'string' && reasoning !== null) return false
  if (reasoning !== null && !message['reasoning_content']) message['reasoning_content'] = reasoning
  delete message['reasoning']
  return true
}

/** What callers know a field of a delta by. */
export const nameForCaller = (field: string): string => (field === 'reasoning' ? 'reasoning_content' : field)

/** Content as Mistral's reasoning models send it: text and thinking in parts. References to sources have no place in a text. */
function joinContent(message: MutableJson): boolean {
  const { content } = message
  if (!Array.isArray(content)) return false
  const parts = content.filter(isRecord)
  const thinking = parts.flatMap(({ thinking: thoughts }) => (Array.isArray(thoughts) ? thoughts.filter(isRecord) : []))
  const reasoning = textOf(thinking)
  message['content'] = textOf(parts)
  if (reasoning !== '' && !message['reasoning_content']) message['reasoning_content'] = reasoning
  return true
}

const textOf = (parts: readonly MutableJson[]): string =>
  parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('')

/** The reason in OpenAI's words: an answer with calls stops for them, whatever some upstreams say. */
function mendFinishReason(choice: MutableJson, called: boolean, calledFunction: boolean): boolean {
  const said = finishReasonOf(choice)
  if (said === undefined) return false
  const isPlain = said === 'stop' || said === 'function_call'
  const reason = !isPlain ? said : called ? 'tool_calls' : calledFunction ? 'function_call' : said
  if (choice['finish_reason'] === reason) return false
  choice['finish_reason'] = reason
  return true
}

function takeOut(object: MutableJson, key: string): boolean {
  if (!isRecord(object[key])) return false
  delete object[key]
  return true
}
