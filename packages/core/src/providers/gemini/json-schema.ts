import { isRecord, type Json } from '../../json.ts'

/**
 * A JSON schema as Gemini takes it: it overlooks what it does not know, but wants no `$schema`, and nothing beside a
 * `$ref`.
 */
export function geminiSchema(schema: Json): Json {
  const refers = typeof schema['$ref'] === 'string'
  const kept = Object.entries(schema).filter(([key]) => key !== '$schema' && (!refers || key.startsWith('$')))
  return Object.fromEntries(kept.map(([key, value]) => [key, inner(key, value)]))
}

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['enum', 'const', 'default', 'example', 'examples', 'required'])
/** Keywords that hold schemas by names of the caller's own. */
const NAMED = new Set(['properties', '$defs', 'definitions', 'patternProperties'])

function inner(keyword: string, value: unknown): unknown {
  if (DATA.has(keyword)) return value
  if (Array.isArray(value)) return value.map((item: unknown) => (isRecord(item) ? geminiSchema(item) : item))
  if (!isRecord(value)) return value
  if (!NAMED.has(keyword)) return geminiSchema(value)
  return Object.fromEntries(
    Object.entries(value).map(([name, schema]) => [name, isRecord(schema) ? geminiSchema(schema) : schema]),
  )
}
