import { isRecord, type MutableJson } from '../../json.ts'

/** The tool calls in a message or a delta. */
export const callsIn = ({ tool_calls: calls }: Readonly<MutableJson>): MutableJson[] =>
  Array.isArray(calls) ? calls.filter(isRecord) : []

/**
 * Puts in place what every tool call is: one of a list, and a function whose arguments are a text. Some upstreams send one call
 * without the list, a function's name and arguments without the function, or arguments as an object.
 *
 * @returns whether anything was changed.
 */
export function plainCalls(message: MutableJson): boolean {
  const { tool_calls: given } = message
  if (given === undefined || given === null) return false
  const calls = (Array.isArray(given) ? given : [given]).filter(isRecord)
  const isList = Array.isArray(given) && given.length === calls.length
  if (!isList) message['tool_calls'] = calls
  // All of them, so that each is mended.
  return calls.filter(plainFunction).length > 0 || !isList
}

function plainFunction(call: MutableJson): boolean {
  // Calls of other kinds, as OpenAI's `custom`, have their own field.
  if (isRecord(call['function'])) return plainArguments(call['function'])
  const { name, arguments: given, ...rest } = call
  if (typeof name !== 'string') return false
  for (const field of Object.keys(call)) delete call[field]
  Object.assign(call, rest, { function: { name, ...(given !== undefined && { arguments: given }) } })
  plainArguments(call['function'] as MutableJson)
  return true
}

function plainArguments(made: MutableJson): boolean {
  const { arguments: given } = made
  if (typeof given === 'string' || given === undefined) return false
  // What PHP has for an object without members is a list.
  const isEmpty = given === null || (Array.isArray(given) && given.length === 0)
  made['arguments'] = isEmpty ? '' : JSON.stringify(given)
  return true
}

/**
 * The same of what was called before there were tools.
 *
 * @returns whether anything was changed.
 */
export const plainFunctionCall = ({ function_call: made }: Readonly<MutableJson>): boolean =>
  isRecord(made) && plainArguments(made)

/** Whether a call in a message or delta has its arguments as an object, whose numbers a second look must keep. */
export function holdsArgumentObjects(message: unknown): boolean {
  if (!isRecord(message)) return false
  const { tool_calls: calls, function_call: old } = message
  return (calls !== undefined && haveArgumentObjects(calls)) || (old !== undefined && haveArgumentObjects(old))
}

function haveArgumentObjects(calls: unknown): boolean {
  const list: unknown[] = Array.isArray(calls) ? calls : [calls]
  for (const call of list) {
    if (!isRecord(call)) continue
    const { arguments: given } = isRecord(call['function']) ? call['function'] : call
    if (typeof given === 'object' && given !== null) return true
  }
  return false
}

/** Arguments that say nothing: white space, or a `null` in words. */
export const saysNothing = (given: string): boolean => {
  const text = given.trim()
  return text === '' || text === 'null'
}

/** An id that ties a call to its result; `undefined` for none. Some upstreams count their calls. */
export function idOf({ id }: Readonly<MutableJson>): string | undefined {
  if (typeof id === 'string' && id !== '') return id
  return typeof id === 'number' ? String(id) : undefined
}
