import fc from 'fast-check'
import { isRecord } from '../../json.ts'
import { mfjsSchema } from './mfjs-schema.ts'

test('a schema that is in the subset stays the same object', () => {
  const schema = {
    type: 'object',
    properties: { type: { type: 'string' }, anyOf: { anyOf: [{ type: 'null' }] }, items: { items: {} } },
    additionalProperties: false,
  }
  expect(mfjsSchema(schema)).toBe(schema)
})

test.each([
  { name: 'a root without a type', schema: {}, becomes: { type: 'object' } },
  { name: 'a dialect', schema: { $schema: 'x', type: 'object' }, becomes: { type: 'object' } },
  {
    name: 'a tuple',
    schema: { type: 'object', properties: { a: { prefixItems: [1], items: [{ type: 'null' }] } } },
    becomes: { type: 'object', properties: { a: { prefixItems: [1, { type: 'null' }] } } },
  },
  {
    name: 'a type beside branches, far within',
    schema: { type: 'object', $defs: { a: { not: { type: ['string'], anyOf: [{}, { type: 'null' }, true] } } } },
    becomes: { type: 'object', $defs: { a: { not: { anyOf: [{ type: ['string'] }, { type: 'null' }, true] } } } },
  },
  {
    name: "a property that has a keyword's name",
    schema: { type: 'object', properties: { items: [1], anyOf: { type: 'string', anyOf: [{}] } } },
    becomes: { type: 'object', properties: { items: [1], anyOf: { anyOf: [{ type: 'string' }] } } },
  },
])('$name is written as Moonshot takes it', ({ schema, becomes }) => {
  expect(mfjsSchema(schema)).toEqual(becomes)
})

/** Of JSON, since that is how they come: nothing in them is unlike itself. */
const schemas = fc.object({
  key: fc.constantFrom('type', 'anyOf', 'items', 'properties', 'not', 'a'),
  values: [fc.jsonValue({ maxDepth: 1 })],
})

test('once is enough, and whatever a caller calls a schema is survived', () => {
  fc.assert(
    fc.property(schemas, (strange) => {
      const once = mfjsSchema(strange as Record<string, unknown>)
      expect(isRecord(once)).toBe(true)
      expect(mfjsSchema(once)).toBe(once)
    }),
  )
})
