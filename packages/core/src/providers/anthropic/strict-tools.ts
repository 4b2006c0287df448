import { isRecord, type Json } from '../../json.ts'
import { strictFunctions } from '../translated/strict-functions.ts'
import type { ClaudeFamily } from './claude-family.ts'

/**
 * What one request may ask to be held to; more is refused. Optional parameters, and those of several types, are counted over all
 * strict tools. https://platform.claude.com/docs/en/build-with-claude/structured-outputs#schema-complexity-limits
 */
const MOST_TOOLS = 20
const MOST_OPTIONAL = 24
const MOST_UNIONS = 16

/** Whether Claude can be held to the schemas of the strict tools of a request: to all of them, or to none. Never throws. */
export function canBeStrict(request: Json, { schemas }: ClaudeFamily): boolean {
  if (!schemas) return false
  const functions = strictFunctions(request)
  if (functions.length > MOST_TOOLS) return false
  const found = { optional: 0, unions: 0 }
  for (const { parameters } of functions) {
    if (!isRecord(parameters)) continue
    if (refersToItself(parameters)) return false
    count(parameters, found)
  }
  return found.optional <= MOST_OPTIONAL && found.unions <= MOST_UNIONS
}

function count(schema: unknown, found: { optional: number; unions: number }): void {
  if (Array.isArray(schema)) for (const item of schema) count(item, found)
  if (!isRecord(schema)) return
  const { type, anyOf, oneOf, properties, required } = schema
  if (Array.isArray(anyOf) || Array.isArray(oneOf) || (Array.isArray(type) && type.length > 1)) found.unions += 1
  if (isRecord(properties)) {
    const needed = new Set<unknown>(Array.isArray(required) ? required : [])
    found.optional += Object.keys(properties).filter((name) => !needed.has(name)).length
  }
  for (const inner of Object.values(schema)) count(inner, found)
}

const DEFINITION = /^#\/(?:\$defs|definitions)\/([^/]+)$/

/** Schemas without end cannot be compiled, and neither can those that lie elsewhere. */
function refersToItself(schema: Json): boolean {
  const definitions = [schema['$defs'], schema['definitions']].flatMap((named) =>
    isRecord(named) ? Object.entries(named) : [],
  )
  const targets = refsIn(schema).map((ref) => DEFINITION.exec(ref)?.[1])
  if (targets.includes(undefined)) return true
  const open = new Map(definitions.map(([name, definition]) => [name, refsIn(definition)]))
  // Definitions that refer to none that is left are done with, until none is left or all that are refer to each other.
  for (let before = -1; before !== open.size;) {
    before = open.size
    for (const [name, refs] of open) {
      if (!refs.some((ref) => open.has(DEFINITION.exec(ref)?.[1] ?? ''))) open.delete(name)
    }
  }
  return open.size > 0
}

function refsIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(refsIn)
  if (!isRecord(schema)) return []
  const { $ref: ref } = schema
  return [...(typeof ref === 'string' ? [ref] : []), ...Object.values(schema).flatMap(refsIn)]
}
