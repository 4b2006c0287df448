import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { Serialized } from '@langchain/core/load/serializable'
import { toJsonSchema } from '@langchain/core/utils/json_schema'
import { createGateway, type ChatRequest } from '@speka/core/node'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { ChatSpeka } from './chat-speka.ts'
import { gatewaySaying, watchedGateway } from './gateway.fake.ts'

const gateway = createGateway({ config: {} })
const model = new ChatSpeka({ model: 'speka/sandbox', gateway })

const person = z.object({ name: z.string(), age: z.number().int() }).describe('A person')
const personInOldZod = z3.object({ name: z3.string(), age: z3.number().int() }).describe('A person')
const personAsJson = {
  title: 'person',
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
}

const schemas = [
  { kind: 'zod 4', schema: person },
  { kind: 'zod 3', schema: personInOldZod },
  { kind: 'JSON schema', schema: personAsJson },
]
const methods = ['functionCalling', 'jsonSchema'] as const

describe.each(methods)('by %s', (method) => {
  test.each(schemas)('a schema of $kind shapes the answer', async ({ schema }) => {
    expect(await model.withStructuredOutput(schema, { method }).invoke('Who is it?')).toEqual({
      name: expect.any(String),
      age: expect.any(Number),
    })
  })

  test.each(schemas)('a schema of $kind leaves the message to those who want it', async ({ schema }) => {
    const { raw, parsed } = await model.withStructuredOutput(schema, { method, includeRaw: true }).invoke('Who is it?')
    expect(raw.response_metadata).toMatchObject({ cost: expect.stringMatching(/^0\.0/) })
    expect(parsed).toEqual({ name: expect.any(String), age: expect.any(Number) })
  })

  test('what does not follow the schema is an error', async () => {
    const wrong = '{"name":"Ada","age":"old"}'
    const call = { id: 'call_1', type: 'function' as const, function: { name: 'extract', arguments: wrong } }
    const answer = method === 'functionCalling' ? { tool_calls: [call] } : { content: wrong }
    const asked = new ChatSpeka({ model: 'x', gateway: gatewaySaying(answer) }).withStructuredOutput(person, { method })
    await expect(asked.invoke('Who is it?')).rejects.toThrow('Failed to parse')
  })
})

test('JSON mode asks for JSON, and checks it against the schema', async () => {
  const watched = watchedGateway()
  const echo = z.object({ echo: z.string() })
  const asked = new ChatSpeka({ model: 'speka/sandbox', gateway: watched }).withStructuredOutput(echo, {
    method: 'jsonMode',
  })
  expect(await asked.invoke('Hi')).toEqual({ echo: 'Hi' })
  expect(watched.asked[0]?.request).toMatchObject({ response_format: { type: 'json_object' } })
})

test('a record, which strict schemas cannot say, works by the usual method', async () => {
  const scores = z.object({ scores: z.record(z.string(), z.number()) })
  const call = { id: 'c', type: 'function' as const, function: { name: 'extract', arguments: '{"scores":{"a":1}}' } }
  const asked = new ChatSpeka({ model: 'x', gateway: gatewaySaying({ tool_calls: [call] }) })
  expect(await asked.withStructuredOutput(scores).invoke('?')).toEqual({ scores: { a: 1 } })
})

test('a function of OpenAI may stand for a schema', async () => {
  const watched = watchedGateway()
  const describing = { name: 'describe_person', description: 'Says who it is.', parameters: personAsJson }
  await new ChatSpeka({ model: 'speka/sandbox', gateway: watched }).withStructuredOutput(describing).invoke('?')
  expect(watched.asked[0]?.request).toMatchObject({
    tools: [{ type: 'function', function: describing }],
    tool_choice: { type: 'function', function: { name: 'describe_person' } },
  })
})

test.each([
  { options: { name: 'found' }, name: 'found' },
  { options: {}, name: 'extract' },
])('the function is called $name', async ({ options, name }) => {
  const watched = watchedGateway()
  await new ChatSpeka({ model: 'speka/sandbox', gateway: watched }).withStructuredOutput(person, options).invoke('?')
  expect(watched.asked[0]?.request).toMatchObject({ tools: [{ function: { name, description: 'A person' } }] })
})

test.each([
  { method: 'functionCalling', strict: (request: ChatRequest) => (request.tools as never)[0]['function']['strict'] },
  {
    method: 'jsonSchema',
    strict: (request: ChatRequest) => (request.response_format as never)['json_schema']['strict'],
  },
])('strictness reaches the wire by $method', async ({ method, strict }) => {
  const watched = watchedGateway()
  const asked = new ChatSpeka({ model: 'speka/sandbox', gateway: watched })
  await asked.withStructuredOutput(person, { method, strict: true }).invoke('?')
  expect(strict(watched.asked[0]?.request as ChatRequest)).toBe(true)
})

test('tracers are told the method and the schema, exactly', async () => {
  class Listener extends BaseCallbackHandler {
    name = 'listener'
    heard: unknown
    override handleChatModelStart(
      _: Serialized,
      __: unknown,
      ___: string,
      ____?: string,
      extra?: Record<string, unknown>,
    ) {
      this.heard = extra?.['options']
    }
  }
  const listener = new Listener()
  await model.withStructuredOutput(person).invoke('?', { callbacks: [listener] })
  expect(listener.heard).toMatchObject({
    ls_structured_output_format: { kwargs: { method: 'functionCalling' }, schema: toJsonSchema(person) },
  })
})

test('a model that answers in prose has not answered', async () => {
  const asked = new ChatSpeka({ model: 'x', gateway: gatewaySaying({ content: 'It is Ada.' }) })
  await expect(asked.withStructuredOutput(person).invoke('?')).rejects.toThrow(
    'answered without calling "extract". It said: "It is Ada."',
  )
  const { parsed } = await asked.withStructuredOutput(person, { includeRaw: true }).invoke('?')
  expect(parsed).toBeNull()
})

test('a model that refuses has refused', async () => {
  const asked = new ChatSpeka({ model: 'x', gateway: gatewaySaying({ refusal: 'Not that.' }) })
  await expect(asked.withStructuredOutput(person).invoke('?')).rejects.toMatchObject({ name: 'ModelRefusalError' })
})

const pet = z.object({ name: z.string() })

describe.each(methods)('strictness by %s', (method) => {
  test.each([
    { what: 'a field', schema: z.object({ name: z.string(), age: z.number().optional() }), field: 'age' },
    { what: 'a field of zod 3', schema: z3.object({ age: z3.number().optional() }), field: 'age' },
    { what: 'a field of a field', schema: z.object({ pet: pet.partial() }), field: 'pet.name' },
    { what: 'a field of a list', schema: z.object({ pets: z.array(pet.partial()) }), field: 'pets.name' },
    { what: 'a field of a choice', schema: z.object({ pet: z.union([z.string(), pet.partial()]) }), field: 'pet.name' },
    { what: 'a field of JSON schema', schema: { ...personAsJson, required: ['name'] }, field: 'age' },
    {
      what: 'a field of a definition',
      schema: { ...personAsJson, $defs: { pet: { type: 'object', properties: { tail: {} } } } },
      field: 'tail',
    },
  ])('is refused at once where $what is optional', ({ schema, field }) => {
    const options = { method, strict: true }
    expect(() => model.withStructuredOutput(schema as typeof personAsJson, options)).toThrow(
      `"strict" wants every field to be required, and "${field}" is optional.`,
    )
    expect(() => model.withStructuredOutput(schema as typeof personAsJson, { method })).not.toThrow()
    expect(() => model.withStructuredOutput(schema as typeof personAsJson, { method, strict: false })).not.toThrow()
  })

  test('takes a field that may be null', async () => {
    const schema = z.object({ name: z.string(), age: z.number().nullable() })
    expect(await model.withStructuredOutput(schema, { method, strict: true }).invoke('Who is it?')).toHaveProperty(
      'age',
    )
  })
})

test.each([
  [{ method: 'telepathy' }, 'There is no method "telepathy"'],
  [{ method: 'jsonMode', strict: true }, '"strict" means nothing'],
])('%p is refused', (options, words) => {
  expect(() => model.withStructuredOutput(person, options)).toThrow(words)
})

test('an answer in version 1 is read as text all the same', async () => {
  const asked = new ChatSpeka({ model: 'speka/sandbox', gateway, outputVersion: 'v1' })
  expect(await asked.withStructuredOutput(person, { method: 'jsonSchema' }).invoke('?')).toHaveProperty('name')
})
