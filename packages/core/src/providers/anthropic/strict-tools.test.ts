import { join } from '../../bytes/splice.ts'
import type { Json } from '../../json.ts'
import { callOf, firstStep, target } from '../run-provider.contract.ts'
import { anthropic } from './anthropic.ts'

const object = (properties: Json, more: Json = {}): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})
const tool = (parameters?: Json, strict: boolean | null = true, name = 'f') => ({
  type: 'function',
  function: { name, strict, ...(parameters !== undefined && { parameters }) },
})
const many = (count: number, value: Json): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, value]))

/** The tools as Claude gets them, and what the caller is told of. */
function ask(tools: readonly object[], upstreamModel = 'claude-sonnet-4-5') {
  const call = callOf(JSON.stringify({ model: 'a', messages: [{ role: 'user', content: 'Hi' }], tools }))
  const goal = { ...target, upstreamModel }
  const sent = JSON.parse(join(firstStep(anthropic, call, goal).body ?? []).toString()) as { tools: Json[] }
  return { tools: sent.tools, lost: anthropic.chat?.unsupported?.(call, goal) }
}

test('a strict tool is strict, its schema as far as Claude can be held to it', () => {
  const city = { type: 'string', minLength: 1 }
  expect(ask([tool(object({ city })), tool(object({ city }), false, 'g'), tool(undefined, true, 'h')])).toEqual({
    tools: [
      {
        name: 'f',
        strict: true,
        input_schema: object({ city: { type: 'string', description: 'minLength: 1' } }),
      },
      { name: 'g', input_schema: object({ city }) },
      { name: 'h', strict: true, input_schema: { type: 'object', additionalProperties: false } },
    ],
    lost: [],
  })
})

const text = { type: 'string' }
const tree = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/tree' } } } }

test.each([
  { what: 'a model that knows no schemas', tools: [tool(object({}))], model: 'claude-3-5-haiku-latest' },
  { what: 'a stranger behind the same API', tools: [tool(object({}))], model: 'kimi-k2' },
  { what: '21 strict tools', tools: Array.from({ length: 21 }, (_, at) => tool(object({}), true, `f${at}`)) },
  { what: '25 optional parameters', tools: [tool(object(many(25, text), { required: [] }))] },
  {
    what: '25 optional parameters among two tools, deep inside',
    tools: [
      tool(object({ list: { type: 'array', items: object(many(12, text), { required: [] }) } })),
      tool(object(many(13, text), { required: [] }), true, 'g'),
    ],
  },
  { what: '17 parameters of several types', tools: [tool(object(many(17, { type: ['string', 'null'] })))] },
  { what: 'a schema that refers to itself', tools: [tool({ $ref: '#' })] },
  {
    what: 'a definition that refers to itself',
    tools: [tool(object({ root: { $ref: '#/$defs/tree' } }, { $defs: { tree } }))],
  },
  { what: 'a schema that lies elsewhere', tools: [tool(object({ a: { $ref: 'https://a.example/schema' } }))] },
])('for $what no tool is strict, and the caller is told', ({ tools, model }) => {
  const asked = ask(tools, model)
  expect(asked.lost).toEqual(['tools.function.strict'])
  for (const sent of asked.tools) expect(sent).not.toHaveProperty('strict')
})

test.each([
  { what: '20 strict tools', tools: Array.from({ length: 20 }, (_, at) => tool(object({}), true, `f${at}`)) },
  { what: '24 optional parameters', tools: [tool(object(many(24, text), { required: [] }))] },
  { what: '16 parameters of several types', tools: [tool(object(many(16, { anyOf: [text, { type: 'null' }] })))] },
  {
    what: 'definitions that end',
    tools: [
      tool(
        object(
          { a: { $ref: '#/$defs/outer' }, b: { $ref: '#/$defs/inner' } },
          { $defs: { outer: object({ c: { $ref: '#/$defs/inner' } }), inner: object({ d: text }) } },
        ),
      ),
    ],
  },
])('with $what all are', ({ tools }) => {
  const asked = ask(tools)
  expect(asked.lost).toEqual([])
  for (const sent of asked.tools) expect(sent).toMatchObject({ strict: true })
})

test('nobody is told of tools that are not to be strict', () => {
  expect(ask([tool(object({}), false), tool(object({}), null)], 'kimi-k2').lost).toEqual([])
})
