import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import { list, missing, object, text, textOrList, wrong } from '../../wire/check-field.ts'
import { unsupportedPart } from '../translated/read-parts.ts'
import { reasoningItemsIn, type ReasoningPlace } from './reasoning-details.ts'

/**
 * A chat conversation as the items of a responses request. A turn of the model becomes several: reasoning, words, calls, in
 * the order in which they came.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function inputItems(messages: unknown): Json[] {
  const given: readonly unknown[] = Array.isArray(messages) ? messages : []
  const custom = new Set<unknown>()
  return given.flatMap((message, index) => {
    const path = `messages[${index}]`
    if (!isRecord(message)) throw wrong(path, object)
    const role = String(message['role'])
    const write = Object.hasOwn(roles, role) ? roles[role] : undefined
    if (write === undefined) {
      const known = Object.keys(roles).map((name) => `"${name}"`)
      const says = `"${path}.role" must be one of ${known.join(', ')} for this model.`
      throw new SpekaError('invalid_value', says, { param: `${path}.role` })
    }
    return write(message, path, custom)
  })
}

/** @param custom the ids of calls so far of tools that take a text: their results are of another type too. */
type WriteItems = (message: Json, path: string, custom: Set<unknown>) => Json[]

const roles: Readonly<Record<string, WriteItems>> = {
  system: spoken,
  developer: spoken,
  user: spoken,
  assistant: turnOfModel,
  tool({ tool_call_id: id, content }, path, custom) {
    if (typeof id !== 'string' || id === '')
      throw missing(`${path}.tool_call_id`, 'the id of the tool call that this message answers')
    const type = custom.has(id) ? 'custom_tool_call_output' : 'function_call_output'
    return [{ type, call_id: id, output: contentOf(content, `${path}.content`) }]
  },
}

function spoken({ role, content }: Json, path: string): Json[] {
  return [{ type: 'message', role, content: contentOf(content, `${path}.content`) }]
}

function turnOfModel(message: Json, path: string, custom: Set<unknown>): Json[] {
  const { phase } = message
  const content = wordsOf(message, `${path}.content`)
  const words =
    content.length === 0
      ? []
      : [{ type: 'message', role: 'assistant', content, ...(typeof phase === 'string' && { phase }) }]
  const calls = callsOf(message['tool_calls'], `${path}.tool_calls`)
  for (const { type, call_id: id } of calls) if (type === 'custom_tool_call') custom.add(id)
  return withReasoning([...words, ...calls], reasoningItemsIn(message))
}

/**
 * Puts reasoning where it stood. None may stand at the end: what a model thought comes before what it then said or did, and
 * OpenAI refuses it alone.
 */
function withReasoning(said: readonly Json[], reasoning: readonly ReasoningPlace[]): Json[] {
  if (said.length === 0 || reasoning.length === 0) return [...said]
  const items: Json[] = []
  let next = 0
  for (const [at, item] of said.entries()) {
    const isLast = at === said.length - 1
    for (; next < reasoning.length; next += 1) {
      const place = reasoning[next]
      if (place === undefined || (!isLast && place.index > items.length)) break
      items.push({ ...place.item })
    }
    items.push(item)
  }
  return items
}

function wordsOf({ content, refusal }: Json, path: string): Json[] {
  const refused = typeof refusal === 'string' && refusal !== '' ? [{ type: 'refusal', refusal }] : []
  if (content === undefined || content === null || content === '') return refused
  if (typeof content === 'string') return [outputText(content), ...refused]
  if (!Array.isArray(content)) throw wrong(path, textOrList)
  const parts = content.map((part: unknown, index) => {
    const here = `${path}[${index}]`
    if (!isRecord(part)) throw wrong(here, object)
    const { type } = part
    if (type !== 'text' && type !== 'refusal') throw unsupportedPart(`${here}.type`, type)
    const words = part[type]
    if (typeof words !== 'string') throw wrong(`${here}.${type}`, text)
    return type === 'text' ? outputText(words) : { type, refusal: words }
  })
  return [...parts, ...refused]
}

const outputText = (words: string): Json => ({ type: 'output_text', text: words })

function callsOf(calls: unknown, path: string): Json[] {
  if (calls === undefined || calls === null) return []
  if (!Array.isArray(calls)) throw wrong(path, list)
  return calls.map((call: unknown, index) => {
    const here = `${path}[${index}]`
    const isCustom = isRecord(call) && isRecord(call['custom'])
    const field = isCustom ? 'custom' : 'function'
    const made = isRecord(call) ? call[field] : undefined
    if (!isRecord(call) || !isRecord(made)) throw wrong(here, { article: 'a call of a function', is: isRecord })
    const { id } = call
    const { name, arguments: given, input = '' } = made
    if (typeof id !== 'string' || id === '') throw missing(`${here}.id`, 'the id that the model gave this call')
    if (typeof name !== 'string' || name === '') throw wrong(`${here}.${field}.name`, text)
    return isCustom
      ? { type: 'custom_tool_call', call_id: id, name, input }
      : { type: 'function_call', call_id: id, name, arguments: argumentsOf(given) }
  })
}

/** A client that keeps arguments parsed is understood, and one that keeps none. */
const argumentsOf = (given: unknown): string =>
  typeof given === 'string' ? (given.trim() === '' ? '{}' : given) : JSON.stringify(given ?? {})

/** How each type of content part is called. */
const parts: Readonly<Record<string, (part: Json, path: string) => Json>> = {
  text({ text: words }, path) {
    if (typeof words !== 'string') throw wrong(`${path}.text`, text)
    return { type: 'input_text', text: words }
  },
  image_url({ image_url: image }, path) {
    const { url, detail } = isRecord(image) ? image : { url: image }
    if (typeof url !== 'string')
      throw wrong(`${path}.image_url`, { article: 'an object with a "url": https or a base64 data URL', is: isRecord })
    return { type: 'input_image', image_url: url, detail: typeof detail === 'string' ? detail : 'auto' }
  },
  file({ file }, path) {
    if (!isRecord(file)) throw wrong(`${path}.file`, object)
    const { file_id: id, filename, file_data: data, file_url: url } = file
    return {
      type: 'input_file',
      ...(typeof id === 'string' && { file_id: id }),
      ...(typeof filename === 'string' && { filename }),
      ...(typeof data === 'string' && { file_data: data }),
      ...(typeof url === 'string' && { file_url: url }),
    }
  },
}

function contentOf(content: unknown, path: string): string | Json[] {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw wrong(path, textOrList)
  return content.map((part: unknown, index) => {
    const here = `${path}[${index}]`
    if (!isRecord(part)) throw wrong(here, object)
    const type = String(part['type'])
    const write = Object.hasOwn(parts, type) ? parts[type] : undefined
    if (write === undefined) throw unsupportedPart(`${here}.type`, part['type'])
    return write(part, here)
  })
}
