import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Components, Schema } from './schema.ts'
import { toJsonSchemas } from './to-json-schema.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const tagged = (type: string, more: Schema = {}) => ({
  type: 'object',
  properties: { type: { type: 'string', enum: [type] }, ...more },
  required: ['type', ...Object.keys(more)],
})

/** What is wrong with a value: the places and the rules that complain. */
function complaints(components: Components, value: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema({ $id: 'all', components: { schemas: toJsonSchemas(components) } })
  const validate = ajv.compile({ $ref: 'all#/components/schemas/Root' })
  if (validate(value)) return []
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map((error) => `${error.instancePath} ${error.keyword}`)
}

describe('a schema of OpenAPI as a JSON schema', () => {
  test.each([
    { what: 'nullable', Root: { type: 'string', enum: ['a'], nullable: true }, good: ['a', null], bad: ['b', 1] },
    { what: 'a nullable component', Root: { ...ref('Text'), nullable: true }, good: ['x', null], bad: [1] },
    { what: 'a union with null', Root: { anyOf: [ref('Text'), { type: 'null' }] }, good: ['x', null], bad: [1, {}] },
    {
      what: 'a union of several with null',
      Root: { oneOf: [ref('Text'), { type: 'integer' }, { type: 'null' }] },
      good: ['x', 1, null],
      bad: [1.5, []],
    },
    {
      what: 'properties of no type',
      Root: { properties: { a: ref('Text') } },
      good: [{ a: 'x' }, {}],
      bad: ['x', null, [], { a: 1 }],
    },
    {
      what: 'a component that contains itself',
      Root: {
        $recursiveAnchor: true,
        type: 'object',
        properties: { in: { type: 'array', items: { $recursiveRef: '#' } } },
        required: ['in'],
      },
      good: [{ in: [{ in: [] }] }],
      bad: [{ in: [{}] }, { in: [1] }],
    },
  ])('understands $what', ({ Root, good, bad }) => {
    const components = { Root, Text: { type: 'string' } } as Components
    for (const value of good) expect(complaints(components, value)).toEqual([])
    for (const value of bad) expect(complaints(components, value)).not.toEqual([])
  })
})

describe('a union with a tag', () => {
  const components: Components = {
    Root: { oneOf: [ref('Cat'), ref('Pets'), ref('Named')], discriminator: { propertyName: 'type' } },
    Pets: { anyOf: [ref('Dog'), ref('Bird')], discriminator: { propertyName: 'type' } },
    Named: { anyOf: [ref('OldBird')], discriminator: { propertyName: 'type' } },
    Cat: tagged('cat', { lives: { type: 'integer' } }),
    Dog: { allOf: [tagged('dog'), { type: 'object', properties: { barks: { type: 'boolean' } } }] },
    Bird: tagged('bird', { wings: { type: 'integer' } }),
    OldBird: tagged('bird', { plumes: { type: 'integer' } }),
  }

  test.each([
    { value: { type: 'cat', lives: 9 }, wrong: [] },
    { value: { type: 'cat' }, wrong: [' required'] },
    { value: { type: 'cat', lives: 'nine' }, wrong: ['/lives type'] },
    { value: { type: 'dog' }, wrong: [] },
    { value: { type: 'dog', barks: 1 }, wrong: ['/barks type'] },
    { value: { type: 'bird', wings: 2 }, wrong: [] },
    { value: { type: 'bird', plumes: 2 }, wrong: [] },
    { value: { type: 'bird' }, wrong: [' required', ' required', ' anyOf'] },
    { value: { type: 'fish' }, wrong: ['/type enum'] },
    { value: {}, wrong: [' required'] },
    { value: 'cat', wrong: [' type'] },
  ])('lets only the branch that was meant complain about $value', ({ value, wrong }) => {
    expect(complaints(components, value)).toEqual(wrong)
  })

  test('has a branch for values without a tag, when one can do without', () => {
    const lenient: Components = {
      Root: { oneOf: [ref('Cat'), ref('Reference')], discriminator: { propertyName: 'type' } },
      Cat: tagged('cat'),
      Reference: {
        type: 'object',
        properties: {
          type: { anyOf: [{ type: 'string', enum: ['reference'] }, { type: 'null' }] },
          id: { type: 'string' },
        },
        required: ['id'],
      },
    }
    const found = [
      { id: 'x' },
      { id: 'x', type: null },
      { id: 'x', type: 'reference' },
      { type: 'cat' },
      {},
      { type: null },
    ]
    expect(found.map((value) => complaints(lenient, value))).toEqual([[], [], [], [], [' required'], [' required']])
  })

  test('is refused when a branch has no tag to be known by', () => {
    const Root = { oneOf: [ref('Cat'), { type: 'object' }], discriminator: { propertyName: 'type' } }
    expect(() => toJsonSchemas({ Root, Cat: tagged('cat') })).toThrow('cannot be known by its "type"')
  })
})
