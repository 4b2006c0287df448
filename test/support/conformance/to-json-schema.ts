import { chooseByTag } from './choose-by-tag.ts'
import { type Components, isSchema, mapSchema, refTo, type Schema } from './schema.ts'

/**
 * OpenAPI's schemas as JSON schemas that say readably what is wrong with a value: where the description allows one of
 * several, all but the one that was meant are set aside first.
 */
export function toJsonSchemas(components: Components): Components {
  const named = Object.entries(components).map(([name, component]) => [
    name,
    mapSchema(component, (schema) => nullAside(chooseByTag(objectWhereMeant(selfReferring(schema, name)), components))),
  ])
  return Object.fromEntries(named)
}

/** A keyword that later drafts dropped, for a component that contains itself. */
function selfReferring(schema: Schema, name: string): Schema {
  if (schema['$recursiveRef'] !== undefined) return refTo(name)
  const { $recursiveAnchor, ...rest } = schema
  return $recursiveAnchor === undefined ? schema : rest
}

/** Some components name properties and forget to say that they are objects; a text would pass for them. */
function objectWhereMeant(schema: Schema): Schema {
  return schema['properties'] !== undefined && schema['type'] === undefined ? { type: 'object', ...schema } : schema
}

/** `nullable` as OpenAPI 3.0 has it, and a union with `null`: whatever is not null is judged by the rest alone. */
function nullAside({ nullable, ...schema }: Schema): Schema {
  if (nullable === true) return unlessNull(schema)
  for (const union of ['anyOf', 'oneOf']) {
    const { [union]: branches, ...beside } = schema
    if (!Array.isArray(branches)) continue
    const rest = branches.filter((branch) => !isNull(branch))
    if (rest.length === branches.length) continue
    return { ...beside, ...unlessNull(rest.length === 1 ? rest[0] : { [union]: rest }) }
  }
  return schema
}

const unlessNull = (schema: Schema): Schema => ({ if: { type: 'null' }, else: schema })

const isNull = (branch: unknown): boolean => isSchema(branch) && branch['type'] === 'null'
