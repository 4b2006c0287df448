import fc from 'fast-check'
import { exampleOfSchema } from './example-of-schema.ts'

type Schema = Record<string, unknown>
type Row = { what: string; schema: unknown; example: unknown }

/** As much of JSON Schema as the arbitraries below make, written apart from what it judges. */
function satisfies(value: unknown, schema: Schema, root: Schema): boolean {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const target =
      reference === '#' ? root : (root['$defs'] as Record<string, Schema>)[reference.slice('#/$defs/'.length)]
    return target !== undefined && satisfies(value, target, root)
  }
  if ('const' in schema) return JSON.stringify(value) === JSON.stringify(schema['const'])
  if ('enum' in schema)
    return (schema['enum'] as unknown[]).some((one) => JSON.stringify(one) === JSON.stringify(value))
  if ('anyOf' in schema) return (schema['anyOf'] as Schema[]).some((branch) => satisfies(value, branch, root))
  if ('allOf' in schema) return (schema['allOf'] as Schema[]).every((part) => satisfies(value, part, root))
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  return types.some((type) => ofType(value, type, schema, root))
}

function ofType(value: unknown, type: unknown, schema: Schema, root: Schema): boolean {
  const limit = (key: string, otherwise: number) => (schema[key] as number | undefined) ?? otherwise
  switch (type) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'string':
      return (
        typeof value === 'string' &&
        [...value].length >= limit('minLength', 0) &&
        [...value].length <= limit('maxLength', Infinity)
      )
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        (type === 'number' || Number.isInteger(value)) &&
        value >= limit('minimum', -Infinity) &&
        value <= limit('maximum', Infinity) &&
        value > limit('exclusiveMinimum', -Infinity) &&
        value < limit('exclusiveMaximum', Infinity) &&
        Number.isInteger(value / limit('multipleOf', value === 0 ? 1 : value))
      )
    case 'array':
      return (
        Array.isArray(value) &&
        value.length >= limit('minItems', 0) &&
        value.length <= limit('maxItems', Infinity) &&
        value.every((item) => satisfies(item, schema['items'] as Schema, root))
      )
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
      const properties = schema['properties'] as Record<string, Schema>
      return (
        ((schema['required'] as string[] | undefined) ?? []).every((key) => Object.hasOwn(value, key)) &&
        Object.entries(value).every(([key, inner]) => key in properties && satisfies(inner, properties[key]!, root))
      )
    }
    default:
      return false
  }
}

const whole = fc.integer({ min: -1000, max: 1000 })
const { schema: anySchema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Schema>({ type: 'boolean' }, { type: 'null' }, { type: 'string' }, { $ref: '#/$defs/name' }),
    fc.record({ const: fc.jsonValue({ maxDepth: 1 }) }),
    fc.record({ enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 3 }) }),
    fc.tuple(fc.nat(50), fc.nat(50)).map(([min, more]) => ({ type: 'string', minLength: min, maxLength: min + more })),
    fc.tuple(whole, fc.nat(100)).map(([min, more]) => ({ type: 'integer', minimum: min, maximum: min + more })),
    fc
      .tuple(whole, fc.nat(100))
      .map(([min, more]) => ({ type: 'number', exclusiveMinimum: min, maximum: min + more + 1 })),
    whole.map((max) => ({ type: ['null', 'integer'], exclusiveMaximum: max })),
    fc
      .tuple(whole, fc.integer({ min: 1, max: 20 }))
      .map(([min, step]) => ({ type: 'integer', minimum: min, multipleOf: step })),
    fc
      .tuple(tie('schema'), fc.nat(3), fc.nat(3))
      .map(([items, min, more]) => ({ type: 'array', items, minItems: min, maxItems: min + more })),
    fc
      .tuple(fc.dictionary(fc.string({ maxLength: 5 }), tie('schema'), { maxKeys: 4 }), fc.nat(4))
      .map(([properties, required]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).slice(0, required),
        additionalProperties: false,
      })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    tie('schema').map((one) => ({ allOf: [one] })),
    // A tree, which is only finite because something in it may be left out.
    tie('schema').map((leaf) => ({ anyOf: [{ $ref: '#/$defs/tree' }, leaf] })),
  ),
}))

const defs = {
  name: { type: 'string', maxLength: 8 },
  tree: {
    type: 'object',
    properties: { left: { anyOf: [{ $ref: '#/$defs/tree' }, { type: 'null' }] }, label: { $ref: '#/$defs/name' } },
    required: ['left', 'label'],
  },
}

describe('an example of a schema', () => {
  test('satisfies it, and is the same every time', () => {
    fc.assert(
      fc.property(anySchema, fc.string({ unit: 'grapheme' }), (schema, text) => {
        const root = { ...schema, $defs: defs }
        const example = exampleOfSchema(root, text)
        expect(satisfies(example, root, root)).toBe(true)
        expect(exampleOfSchema(root, text)).toEqual(example)
      }),
      { numRuns: 1000 },
    )
  })

  test.each<Row>([
    { what: 'nothing said', schema: {}, example: 'hi' },
    { what: 'a type', schema: { type: 'integer' }, example: 1 },
    { what: 'a nullable type', schema: { type: ['null', 'number'] }, example: 1 },
    { what: 'a date', schema: { type: 'string', format: 'date' }, example: '2026-01-01' },
    { what: 'a date and time', schema: { type: 'string', format: 'date-time' }, example: '2026-01-01T00:00:00Z' },
    { what: 'an address', schema: { type: 'string', format: 'email' }, example: 'user@example.com' },
    { what: 'a UUID', schema: { type: 'string', format: 'uuid' }, example: '00000000-0000-4000-8000-000000000000' },
    { what: 'a URI', schema: { type: 'string', format: 'uri' }, example: 'https://example.com/' },
    { what: 'an unknown format', schema: { type: 'string', format: 'toString' }, example: 'hi' },
    { what: 'a range', schema: { type: 'number', minimum: 0.1, exclusiveMaximum: 0.2 }, example: 0.1 },
    { what: 'an open range', schema: { exclusiveMinimum: 0, exclusiveMaximum: 1 }, example: 0.5 },
    { what: 'whole multiples of a fraction', schema: { type: 'integer', multipleOf: 1.5 }, example: 3 },
    { what: 'a tuple', schema: { prefixItems: [{ const: 1 }, { const: 2 }] }, example: [1, 2] },
    { what: 'no items', schema: { type: 'array', maxItems: 0 }, example: [] },
    { what: 'an enum narrowed by a type', schema: { type: 'string', enum: [null, 'a'] }, example: 'a' },
    { what: 'a default', schema: { type: 'string', default: 'metric' }, example: 'metric' },
    {
      what: 'only what is required, in the order of the properties',
      schema: { properties: { a: { type: 'boolean' }, b: {}, c: { type: 'null' } }, required: ['c', 'a'] },
      example: { a: true, c: null },
    },
    {
      what: 'everything when nothing is required',
      schema: { properties: { a: {}, b: {} } },
      example: { a: 'hi', b: 'b' },
    },
    {
      what: 'required but not described',
      schema: { type: 'object', required: ['constructor'] },
      example: { constructor: 'hi' },
    },
    {
      what: 'a number of properties',
      schema: { type: 'object', minProperties: 2 },
      example: { key1: 'hi', key2: 'key2' },
    },
    {
      what: 'the parts of allOf',
      schema: { allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] },
      example: { a: 'hi', b: 'b' },
    },
    { what: 'the first of oneOf', schema: { oneOf: [{ const: 1 }, { const: 2 }] }, example: 1 },
    {
      what: 'a branch beside properties',
      schema: { properties: { a: {} }, anyOf: [{ required: ['a'] }] },
      example: { a: 'hi' },
    },
    {
      what: 'an escaped reference',
      schema: { $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': { const: 7 } } },
      example: 7,
    },
    {
      what: 'a list that links to itself',
      schema: {
        $ref: '#/$defs/node',
        $defs: {
          node: {
            type: 'object',
            properties: { value: { type: 'number' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
            required: ['value', 'next'],
          },
        },
      },
      example: { value: 1, next: null },
    },
    {
      what: 'a tree whose root is its node',
      schema: { type: 'object', properties: { name: {}, children: { type: 'array', items: { $ref: '#' } } } },
      example: { name: 'hi', children: [] },
    },
  ])('follows $what', ({ schema, example }) => {
    expect(exampleOfSchema(schema, 'hi')).toEqual(example)
  })

  test.each<Omit<Row, 'example'>>([
    { what: 'nothing', schema: false },
    { what: 'a reference that leads nowhere', schema: { $ref: '#/$defs/missing' } },
    { what: 'a reference that leaves the document', schema: { $ref: 'https://example.com/schema' } },
    { what: 'an endless object', schema: { properties: { self: { $ref: '#' } }, required: ['self'] } },
    { what: 'a billion items', schema: { type: 'array', minItems: 1e9 } },
    { what: 'an empty range', schema: { type: 'integer', minimum: 3, maximum: 2 } },
  ])('is null for $what', ({ schema }) => {
    expect(exampleOfSchema(schema, 'hi')).toBeNull()
  })

  test('gives the text to one string only', () => {
    const schema = { properties: { city: { type: 'string' }, unit: { enum: ['C', 'F'] }, country: { type: 'string' } } }
    expect(exampleOfSchema(schema, 'Paris')).toEqual({ city: 'Paris', unit: 'C', country: 'country' })
  })

  test('is never as large as a caller would like', () => {
    const example = exampleOfSchema({ type: 'string', minLength: 1e9 }, 'hi')
    expect(example).toHaveLength(10_000)
  })

  test('a property called __proto__ is an ordinary one', () => {
    const schema: unknown = JSON.parse('{ "properties": { "__proto__": { "const": 1 } }, "required": ["__proto__"] }')
    expect(JSON.stringify(exampleOfSchema(schema, 'hi'))).toBe('{"__proto__":1}')
  })
})
