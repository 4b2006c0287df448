import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeManagement } from '../../packages/server/src/management/openapi.ts'
import { managementRows } from '../../packages/server/src/management/routes.ts'
import { root } from '../support/pack-packages.ts'
import { schemaFile, schemaText } from './schema-text.ts'

test('the console has the management API as it is; if not: npm run providers', () => {
  expect(readFileSync(join(root, schemaFile), 'utf8')).toBe(schemaText(describeManagement(managementRows)))
})

const answering = (schema: unknown) => ({
  paths: { '/a': { get: { summary: 'A.', responses: { 200: { content: { 'application/json': { schema } } } } } } },
  components: { schemas: {} },
})

test.each([
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'array', items: { enum: ['a', 'b'] } }, "('a' | 'b')[]"],
  [
    { type: 'object', properties: { a: { type: 'integer' }, 'b-c': {} }, required: ['a'] },
    "{ a: number; 'b-c'?: unknown | undefined }",
  ],
  [{ type: 'object', additionalProperties: { const: 1 } }, 'Record<string, 1>'],
  [
    { anyOf: [{ type: 'number' }, { $ref: '#/components/schemas/Problem' }] },
    "number | components['schemas']['Problem']",
  ],
])('%j is written %s', (schema, type) => {
  expect(schemaText(answering(schema))).toContain(`200: { content: { 'application/json': ${type} } }`)
})

test('a type that is not written yet is named', () => {
  expect(() => schemaText(answering({ type: 'tuple' }))).toThrow('does not write the type tuple')
})
