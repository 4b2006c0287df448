import { isRecord, type Json } from '../../json.ts'

/** Keywords that hold schemas: one, a list of them, or several by name. Elsewhere a schema's word may be a property's name. */
const HOLD_ONE = ['items', 'additionalProperties', 'propertyNames', 'contains', 'not', 'if', 'then', 'else']
const HOLD_LIST = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const HOLD_NAMED = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']

/**
 * A JSON schema in the subset that Moonshot's validator accepts ("MFJS"): an object at its root, no `$schema`, a tuple's
 * items under `prefixItems`, and a type beside `anyOf` within its branches. The very same when it is in it already.
 */
export function mfjsSchema(schema: Json): Json {
  const { $schema: dialect, ...rest } = schema
  const root = dialect === undefined ? schema : rest
  return throughout(typeof root['type'] === 'string' ? root : { ...root, type: 'object' })
}

const within = (schema: Json): Json => throughout(typeIntoBranches(schema), schema)

/** @param before the schema as it was: the same is given back when nothing in it changes. */
function throughout(schema: Json, before = schema): Json {
  const changed = { ...tupleAsPrefix(schema) }
  for (const key of HOLD_ONE) if (isRecord(changed[key])) changed[key] = within(changed[key])
  for (const key of HOLD_LIST) if (Array.isArray(changed[key])) changed[key] = each(changed[key])
  for (const key of HOLD_NAMED) if (isRecord(changed[key])) changed[key] = eachNamed(changed[key])
  return sameOr(before, changed)
}

function each(list: readonly unknown[]): readonly unknown[] {
  const changed = list.map((item) => (isRecord(item) ? within(item) : item))
  return changed.every((item, index) => item === list[index]) ? list : changed
}

const eachNamed = (named: Json): Json =>
  sameOr(
    named,
    Object.fromEntries(Object.entries(named).map(([name, inner]) => [name, isRecord(inner) ? within(inner) : inner])),
  )

const sameOr = (before: Json, after: Json): Json =>
  Object.keys(before).length === Object.keys(after).length &&
  Object.keys(after).every((key) => after[key] === before[key])
    ? before
    : after

function tupleAsPrefix(schema: Json): Json {
  const { items, ...rest } = schema
  if (!Array.isArray(items)) return schema
  const before: readonly unknown[] = Array.isArray(rest['prefixItems']) ? rest['prefixItems'] : []
  return { ...rest, prefixItems: [...before, ...(items as unknown[])] }
}

function typeIntoBranches(schema: Json): Json {
  const { type, ...rest } = schema
  const branches = rest['anyOf']
  if (type === undefined || !Array.isArray(branches)) return schema
  return {
    ...rest,
    anyOf: branches.map((one: unknown) => (isRecord(one) && one['type'] === undefined ? { type, ...one } : one)),
  }
}
