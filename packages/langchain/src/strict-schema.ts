import { isRecord } from '@speka/core/internal'

/**
 * Refuses, before a provider does, what strict schemas cannot say: every field has to be required there.
 *
 * @throws Error that names the field.
 */
export function refuseOptionalFields(schema: unknown): void {
  const field = optionalField(schema, '')
  if (field === undefined) return
  throw new Error(
    `"strict" wants every field to be required, and "${field}" is optional. Make it nullable (with zod, .nullable()), or leave "strict" out.`,
  )
}

/** The keywords that hold schemas by name, and those that hold one or a list of them. */
const NAMED = ['$defs', 'definitions'] as const
const PARTS = ['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf', 'additionalProperties'] as const

/** The path of the first field that may be left out, in the schema or anywhere below it. */
function optionalField(schema: unknown, path: string): string | undefined {
  if (Array.isArray(schema)) return firstOf(schema, (part) => optionalField(part, path))
  if (!isRecord(schema)) return undefined
  const { properties, required } = schema
  const fields = isRecord(properties) ? Object.entries(properties) : []
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  return (
    firstOf(fields, ([name, value]) =>
      needed.includes(name) ? optionalField(value, `${path}${name}.`) : `${path}${name}`,
    ) ??
    firstOf(PARTS, (keyword) => optionalField(schema[keyword], path)) ??
    firstOf(NAMED, (keyword) => optionalField(Object.values(schema[keyword] ?? {}), path))
  )
}

function firstOf<Item>(items: readonly Item[], find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
