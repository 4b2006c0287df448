import { NodeOperationError } from 'n8n-workflow'
import type { FunctionTool } from '@speka/core'
import type { ErrorPlace } from './node-error.ts'
import { isRecord, readJson } from './read-json.ts'
import { readSchema } from './read-schema.ts'

const NAME = /^[\w-]{1,64}$/

/**
 * Tools as OpenAI spells them, or in short: `[{"name", "description", "parameters"}]`. `undefined` when there are none.
 *
 * @throws NodeOperationError
 */
export function readTools(value: unknown, name: string, place: ErrorPlace): FunctionTool[] | undefined {
  const read = readJson(value, name, place)
  if (read === undefined) return undefined
  const list = Array.isArray(read) ? read : [read]
  const tools = list.map((each: unknown, index) => readTool(each, index, name, place))
  return tools.length === 0 ? undefined : tools
}

function readTool(value: unknown, index: number, name: string, place: ErrorPlace): FunctionTool {
  const made = isRecord(value) && isRecord(value['function']) ? value['function'] : value
  const called = isRecord(made) ? made['name'] : undefined
  if (!isRecord(made) || typeof called !== 'string' || !NAME.test(called)) {
    throw new NodeOperationError(place.node, `Tool ${index + 1} of "${name}" has no proper name.`, {
      itemIndex: place.itemIndex,
      description:
        'A tool looks like {"name": "get_weather", "description": "…", "parameters": {"type": "object", "properties": {…}}}. The name has letters, digits, _ and - only, at most 64.',
    })
  }
  const { description, parameters, strict } = made
  return {
    type: 'function',
    function: {
      name: called,
      ...(typeof description === 'string' && { description }),
      ...(parameters !== undefined && { parameters: readSchema(parameters, `${name}: ${called}`, place) }),
      ...(typeof strict === 'boolean' && { strict }),
    },
  }
}
