import { isRecord, type Json } from '../../json.ts'

/**
 * The tools of a chat request as a responses request has them, and whether they may, must or must not be called. What is in
 * neither API is OpenAI's to judge.
 */
export function responseTools({ tools, tool_choice: choice, parallel_tool_calls: parallel }: Json): Json {
  if (!Array.isArray(tools) || tools.length === 0) return {}
  return {
    tools: tools.map(toolOf),
    ...(choice != null && { tool_choice: choiceOf(choice) }),
    ...(typeof parallel === 'boolean' && { parallel_tool_calls: parallel }),
  }
}

function toolOf(tool: unknown): unknown {
  const { type, inner } = innerOf(tool)
  if (inner === undefined) return tool
  const { name, description, parameters, strict, format } = inner
  const head = { type, name, ...(description != null && { description }) }
  if (type === 'custom') return { ...head, ...(format != null && { format: formatOf(format) }) }
  // Here a schema is strict unless it says otherwise; in chat it is the other way round.
  return { ...head, parameters: parameters ?? { type: 'object', properties: {} }, strict: strict ?? false }
}

/** A grammar stands in a field of its own in chat only. */
const formatOf = (format: unknown): unknown =>
  isRecord(format) && isRecord(format['grammar']) ? { type: format['type'], ...format['grammar'] } : format

function choiceOf(choice: unknown): unknown {
  const { type, inner } = innerOf(choice)
  if (inner === undefined) return choice
  if (type !== 'allowed_tools') return { type, ...inner }
  const { tools } = inner
  return { type, ...inner, ...(Array.isArray(tools) && { tools: tools.map(choiceOf) }) }
}

/** What chat has in a field that is called as the type is. */
function innerOf(value: unknown): { type: string; inner: Json | undefined } {
  if (!isRecord(value) || typeof value['type'] !== 'string') return { type: '', inner: undefined }
  const { type } = value
  const inner = Object.hasOwn(value, type) ? value[type] : undefined
  return { type, inner: isRecord(inner) ? inner : undefined }
}
