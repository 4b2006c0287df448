import { isRecord, type Json } from '../../json.ts'

/** Keywords that Anthropic takes as they are. */
const AS_IS = new Set(['$schema', '$id', '$ref', 'type', 'title', 'default', 'const', 'enum', 'required'])
/** Keywords that hold schemas: one, several in a list, several by name. */
const LISTS: Readonly<Record<string, string>> = { anyOf: 'anyOf', oneOf: 'anyOf', allOf: 'allOf' }
const NAMED = new Set(['properties', '$defs', 'definitions'])
const FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])

/**
 * A JSON schema with only what Anthropic can hold an answer to: objects are closed, and every limit it does not know is
 * told to the model in the description instead. See "JSON schema limitations" in its guide to structured outputs.
 */
export function outputSchema(schema: Json): Json {
  const written: Record<string, unknown> = {}
  const limits: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    const list = Object.hasOwn(LISTS, keyword) ? LISTS[keyword] : undefined
    if (AS_IS.has(keyword)) written[keyword] = value
    else if (list !== undefined && Array.isArray(value)) written[list] = value.map(inner)
    else if (NAMED.has(keyword) && isRecord(value)) written[keyword] = byName(value)
    else if (keyword === 'items') written['items'] = inner(value)
    else if (keyword === 'format' && typeof value === 'string' && FORMATS.has(value)) written['format'] = value
    else if (keyword === 'minItems' && (value === 0 || value === 1)) written['minItems'] = value
    else if (keyword !== 'description' && keyword !== 'additionalProperties')
      limits.push(`${keyword}: ${JSON.stringify(value)}`)
  }
  if (schema['type'] === 'object' || isRecord(schema['properties'])) written['additionalProperties'] = false
  const description = [schema['description'], ...limits].filter((text) => typeof text === 'string' && text !== '')
  if (description.length > 0) written['description'] = description.join('\n')
  return written
}

const inner = (value: unknown): unknown => (isRecord(value) ? outputSchema(value) : value)

const byName = (schemas: Json): Json =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, inner(schema)]))
