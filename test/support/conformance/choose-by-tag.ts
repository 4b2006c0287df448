import { type Components, isSchema, referredTo, type Schema } from './schema.ts'

/** One of a union's branches, and the values of the tag by which it is known. */
interface Branch {
  readonly schema: Schema
  readonly tags: readonly unknown[]
  /** Whether the branch can do without its tag. */
  readonly untagged: boolean
}

/**
 * A union with a `discriminator`, as conditions: the value of the tag chooses the branch, and only that branch may
 * complain. Unions within the union are taken apart. Branches that share a tag stay a union among themselves.
 *
 * @throws when a branch cannot be known by the tag.
 */
export function chooseByTag({ discriminator, ...schema }: Schema, components: Components): Schema {
  const { anyOf, oneOf, ...beside } = schema
  const union = anyOf ?? oneOf
  // One array in the description has a discriminator that belongs to its items.
  if (!isSchema(discriminator) || !Array.isArray(union)) return schema
  const tag = String(discriminator['propertyName'])
  const branches = branchesOf(union, tag, components)
  const known = new Set(branches.flatMap(({ tags }) => tags))
  const untagged = branches.filter((branch) => branch.untagged)
  const conditions = [...known].map((value) =>
    provided(
      { type: 'object', required: [tag], properties: { [tag]: { const: value } } },
      branches.filter(({ tags }) => tags.includes(value)),
    ),
  )
  if (untagged.length > 0) {
    conditions.push(provided({ type: 'object', properties: { [tag]: { type: 'null' } } }, untagged))
  }
  return {
    ...beside,
    type: 'object',
    ...(untagged.length === 0 && { required: [tag] }),
    properties: { [tag]: { enum: untagged.length === 0 ? [...known] : [...known, null] } },
    allOf: conditions,
  }
}

/** That a value meets one of the branches, provided that it meets the condition. */
const provided = (condition: Schema, branches: readonly Branch[]): Schema => ({
  if: { not: condition },
  else: branches.length === 1 ? branches[0]?.schema : { anyOf: branches.map(({ schema }) => schema) },
})

function branchesOf(union: readonly unknown[], tag: string, components: Components): Branch[] {
  return union.filter(isSchema).flatMap((schema) => {
    const named = resolved(schema, components)
    const inner = named['anyOf'] ?? named['oneOf']
    if (Array.isArray(inner)) return branchesOf(inner, tag, components)
    const branch = asBranch(schema, named, tag, components)
    if (branch === undefined) throw new Error(`${JSON.stringify(schema)} cannot be known by its "${tag}".`)
    return [branch]
  })
}

function asBranch(schema: Schema, named: Schema, tag: string, components: Components): Branch | undefined {
  const parts = [named, ...partsOf(named)].map((part) => resolved(part, components))
  for (const { properties, required } of parts) {
    const values = isSchema(properties) ? valuesOf(properties[tag]) : []
    if (values.length > 0) {
      return { schema, tags: values, untagged: !(Array.isArray(required) && required.includes(tag)) }
    }
  }
  return undefined
}

const partsOf = ({ allOf }: Schema): Schema[] => (Array.isArray(allOf) ? allOf.filter(isSchema) : [])

function resolved(schema: Schema, components: Components): Schema {
  const name = referredTo(schema)
  return name === undefined ? schema : (components[name] ?? {})
}

/** The values that a tag's schema allows, `null` aside. */
function valuesOf(schema: unknown): unknown[] {
  if (!isSchema(schema)) return []
  const { enum: values, const: value, anyOf } = schema
  if (Array.isArray(values)) return values
  if (value !== undefined) return [value]
  return Array.isArray(anyOf) ? anyOf.flatMap(valuesOf) : []
}
