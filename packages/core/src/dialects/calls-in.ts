import { isRecord, type Json } from '../json.ts'

/**
 * The tool calls of a message or a delta of chat. What a model called before there were tools is one of them: it stood alone and
 * had no id.
 *
 * https://platform.openai.com/docs/api-reference/chat/object (`function_call`, deprecated)
 *
 * @param answerId what the id of such a call is made of.
 */
export function callsIn({ tool_calls: calls, function_call: old }: Json, answerId: string): readonly unknown[] {
  if (isRecord(old) && !isFilled(calls)) return [{ index: 0, id: callIdOf(answerId), type: 'function', function: old }]
  return Array.isArray(calls) ? calls : NONE
}

/** Within the 40 signs that OpenAI allows. */
const callIdOf = (answerId: string): string => `call_${answerId.replace(/^[a-z]+_/, '').replaceAll('-', '')}`

const isFilled = (calls: unknown): boolean => Array.isArray(calls) && calls.length > 0

const NONE: readonly unknown[] = []
