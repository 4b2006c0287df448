import type { Json } from '../../json.ts'
import { readToolChoice, readTools, type ToolChoice } from '../translated/tools.ts'
import { geminiSchema } from './json-schema.ts'

const modes: Readonly<Record<ToolChoice['mode'], string>> = { auto: 'AUTO', required: 'ANY', none: 'NONE' }

/**
 * The tools of a request, and whether they may, must or must not be called.
 *
 * @throws SpekaError `invalid_value` or `unsupported_parameter`.
 */
export function writeTools(request: Json): Json {
  const offered = readTools(request['tools'])
  const choice = readToolChoice(request['tool_choice'])
  // Only what must be called can be named: what may be is all that is offered.
  const { mode = 'auto', only } = choice ?? {}
  const allowed = mode === 'auto' && only !== undefined ? offered.filter(({ name }) => only.includes(name)) : offered
  if (allowed.length === 0) return {}
  const named = mode === 'required' && only !== undefined && { allowedFunctionNames: only }
  return {
    tools: [
      {
        functionDeclarations: allowed.map(({ name, description, parameters }) => ({
          name,
          ...(description !== undefined && { description }),
          ...(parameters !== undefined && { parametersJsonSchema: geminiSchema(parameters) }),
        })),
      },
    ],
    ...(choice !== undefined && { toolConfig: { functionCallingConfig: { mode: modes[mode], ...named } } }),
  }
}
