import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import { list, text, wrong } from '../../wire/check-field.ts'

/** A function that the model may call. */
export interface ToolOffered {
  readonly name: string
  readonly description: string | undefined
  /** JSON schema of its arguments; `undefined` when it has none. */
  readonly parameters: Json | undefined
  /** Whether the arguments shall be valid under the schema for certain. */
  readonly strict: boolean
  /** The tool as the caller sent it. */
  readonly source: Json
}

/** Whether the model may, must or must not call, and which alone. */
export interface ToolChoice {
  readonly mode: 'auto' | 'required' | 'none'
  /** The only tools it may call. Default: all that are offered. */
  readonly only?: readonly string[]
}

/** @throws SpekaError `invalid_value` or `unsupported_parameter`, with the field in `param`. */
export function readTools(value: unknown): ToolOffered[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong('tools', list)
  return value.map((tool: unknown, index) => readTool(tool, `tools[${index}]`))
}

function readTool(tool: unknown, path: string): ToolOffered {
  if (!isRecord(tool)) throw wrong(path, { article: 'an object', is: isRecord })
  if (tool['type'] !== 'function') {
    const message = 'Only tools of type "function" are supported by this model here.'
    throw new SpekaError('unsupported_parameter', message, { param: `${path}.type` })
  }
  const offered = tool['function']
  if (!isRecord(offered)) throw wrong(`${path}.function`, { article: 'an object', is: isRecord })
  const { name, description, parameters } = offered
  if (typeof name !== 'string' || name === '') throw wrong(`${path}.function.name`, text)
  if (!isAbsent(description) && typeof description !== 'string') throw wrong(`${path}.function.description`, text)
  if (!isAbsent(parameters) && !isRecord(parameters))
    throw wrong(`${path}.function.parameters`, { article: 'a JSON schema', is: isRecord })
  return {
    name,
    description: typeof description === 'string' && description !== '' ? description : undefined,
    parameters: isRecord(parameters) && Object.keys(parameters).length > 0 ? parameters : undefined,
    strict: offered['strict'] === true,
    source: tool,
  }
}

/**
 * Reads `tool_choice`: a word, one function, or a list of allowed ones.
 *
 * @returns `undefined` when the caller did not say.
 * @throws SpekaError `invalid_value` or `unsupported_parameter`.
 */
export function readToolChoice(value: unknown): ToolChoice | undefined {
  if (isAbsent(value)) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return { mode: value }
  if (isRecord(value)) {
    const chosen = nameIn(value)
    if (value['type'] === 'function' && chosen !== undefined) return { mode: 'required', only: [chosen] }
    const allowed = value['allowed_tools']
    if (value['type'] === 'allowed_tools' && isRecord(allowed) && Array.isArray(allowed['tools'])) {
      const only = allowed['tools'].flatMap((tool: unknown) => (isRecord(tool) ? (nameIn(tool) ?? []) : []))
      return { mode: allowed['mode'] === 'required' ? 'required' : 'auto', only }
    }
  }
  throw wrong('tool_choice', {
    article: '"auto", "none", "required", or an object that names a function or allowed tools',
    is: isRecord,
  })
}

function nameIn(tool: Json): string | undefined {
  const named = tool['function']
  const name = isRecord(named) ? named['name'] : undefined
  return typeof name === 'string' && name !== '' ? name : undefined
}

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null
