import { isRecord, type MutableJson } from '../../json.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { mintCallId } from '../call-id.ts'
import { finishReasonOf } from './finish-reason.ts'

/** What an answer is called, and when it was made, where the upstream does not say. */
export interface AnswerName {
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
}

const PREFIX = 'chatcmpl-'

/** After the call that it answers. */
export const namedAfter = ({ id, receivedAt }: Pick<CallFacts, 'id' | 'receivedAt'>): AnswerName => ({
  id: `${PREFIX}${id}`,
  created: Math.trunc(receivedAt / 1000),
})

/**
 * Puts in place what OpenAI requires beside the choices, and takes out `null` where a member is a text or not there.
 *
 * @returns the names of the members that changed.
 */
export function completeHead(head: MutableJson, name: AnswerName, object: string): string[] {
  const changed: string[] = []
  const set = (key: string, value: unknown): void => {
    head[key] = value
    changed.push(key)
  }
  const { id, created } = head
  // Azure's events about content filters have every member, and nothing in it.
  if (typeof id !== 'string' || id === '') set('id', name.id)
  if (head['object'] !== object) set('object', object)
  // `transformers serve` tells the time in fractions of a second.
  if (!Number.isInteger(created) || created === 0)
    set('created', typeof created === 'number' && created !== 0 ? Math.trunc(created) : name.created)
  if (head['system_fingerprint'] === null) {
    delete head['system_fingerprint']
    changed.push('system_fingerprint')
  }
  return changed
}

/**
 * Puts in place what OpenAI requires of a choice of a stream: llama.cpp and Ollama leave out what is `null`.
 *
 * @returns whether anything was missing.
 */
export function completeChunkChoice(choice: MutableJson): boolean {
  const numbered = numberChoice(choice, 0)
  const filled = fillLogprobs(choice)
  if (choice['finish_reason'] === null || finishReasonOf(choice) !== undefined) return numbered || filled
  choice['finish_reason'] = null
  return true
}

/**
 * Puts in place what OpenAI requires of a choice of a whole answer.
 *
 * @param place where it stands among the choices.
 * @returns whether anything was missing.
 */
export function completeChoice(choice: MutableJson, place: number): boolean {
  let missing = numberChoice(choice, place)
  if (choice['logprobs'] === undefined) {
    choice['logprobs'] = null
    missing = true
  }
  missing = fillLogprobs(choice) || missing
  if (!isRecord(choice['message'])) {
    choice['message'] = {}
    missing = true
  }
  const message = choice['message'] as MutableJson
  if (finishReasonOf(choice) === undefined) {
    const called = Array.isArray(message['tool_calls']) && message['tool_calls'].length > 0
    choice['finish_reason'] = called ? 'tool_calls' : 'stop'
    missing = true
  }
  if (typeof message['role'] !== 'string' || message['role'] === '') {
    message['role'] = 'assistant'
    missing = true
  }
  return fillNulls(message).length > 0 || missing
}

/**
 * Puts `null` where OpenAI has it in a message that says nothing there.
 *
 * @returns the names of the fields that were missing.
 */
export function fillNulls(message: MutableJson): string[] {
  const missing = NULLABLE.filter((field) => message[field] === undefined)
  for (const field of missing) message[field] = null
  return missing
}

const NULLABLE = ['content', 'refusal']

function numberChoice(choice: MutableJson, place: number): boolean {
  if (typeof choice['index'] === 'number') return false
  choice['index'] = place
  return true
}

/** Those of the content and those of a refusal: one of them is `null`, and then left out by some. */
const fillLogprobs = ({ logprobs }: MutableJson): boolean => isRecord(logprobs) && fillNulls(logprobs).length > 0

/** Makes ids for the tool calls of one answer that have none. */
export function callIdsFor({ id }: AnswerName): () => string {
  let minted = 0
  return () => mintCallId(id.slice(PREFIX.length), minted++)
}
