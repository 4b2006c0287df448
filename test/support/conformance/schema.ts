/** A JSON schema, or what OpenAPI calls a schema object. */
export type Schema = { readonly [keyword: string]: unknown }

/** The named schemas of an OpenAPI document: its `components.schemas`. */
export type Components = Readonly<Record<string, Schema>>

/** Where a keyword keeps further schemas: one, a list of them, or one under each name. */
const nested: Readonly<Record<string, 'one' | 'list' | 'named'>> = {
  items: 'one',
  additionalProperties: 'one',
  propertyNames: 'one',
  not: 'one',
  if: 'one',
  else: 'one',
  anyOf: 'list',
  oneOf: 'list',
  allOf: 'list',
  prefixItems: 'list',
  properties: 'named',
  patternProperties: 'named',
}

/** Changes a schema and every schema inside it, the innermost first. */
export function mapSchema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const inside = (value: unknown): unknown => (isSchema(value) ? mapSchema(value, change) : value)
  const mapped: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    const kept = nested[keyword]
    if (kept === 'one') mapped[keyword] = inside(value)
    else if (kept === 'list' && Array.isArray(value)) mapped[keyword] = value.map(inside)
    else if (kept === 'named' && isSchema(value)) mapped[keyword] = mapValues(value, inside)
    else mapped[keyword] = value
  }
  return change(mapped)
}

const mapValues = (named: Schema, change: (value: unknown) => unknown): Schema =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value)]))

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const COMPONENTS = '#/components/schemas/'

/** The component that a schema refers to; `undefined` when it refers to none. */
export function referredTo({ $ref }: Schema): string | undefined {
  return typeof $ref === 'string' && $ref.startsWith(COMPONENTS) ? $ref.slice(COMPONENTS.length) : undefined
}

export const refTo = (component: string): Schema => ({ $ref: `${COMPONENTS}${component}` })
