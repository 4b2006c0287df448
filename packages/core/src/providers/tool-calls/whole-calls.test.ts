import type { Json } from '../../json.ts'
import { mendWholeCalls } from './whole-calls.ts'

const call = (id: unknown, given: unknown, name = 'f'): Json => ({
  id,
  type: 'function',
  function: { name, arguments: given },
})

function mend(tools: unknown, isCut = false) {
  const message: Json = { role: 'assistant', tool_calls: structuredClone(tools) }
  let minted = 0
  const changed = mendWholeCalls(message, () => `minted_${minted++}`, isCut)
  return { calls: message['tool_calls'], changed }
}

test.each([
  { what: 'no id', tools: [{ type: 'function', function: { name: 'f', arguments: '{}' } }], id: 'minted_0' },
  { what: 'an empty id', tools: [call('', '{}')], id: 'minted_0' },
  { what: 'null for an id', tools: [call(null, '{}')], id: 'minted_0' },
  { what: 'a number as id', tools: [call(0, '{}')], id: '0' },
  { what: 'no type', tools: [{ id: 'a', function: { name: 'f', arguments: '{}' } }], id: 'a' },
  { what: 'null for a type', tools: [{ ...call('a', '{}'), type: null }], id: 'a' },
  { what: 'no arguments', tools: [{ id: 'a', type: 'function', function: { name: 'f' } }], id: 'a' },
  ...['', ' \n', 'null', null].map((given) => ({
    what: `the arguments ${JSON.stringify(given)}`,
    tools: [call('a', given)],
    id: 'a',
  })),
  { what: 'arguments as an object', tools: [call('a', {})], id: 'a' },
  { what: 'no list', tools: call('a', '{}'), id: 'a' },
  { what: 'something else in the list', tools: [null, call('a', '{}')], id: 'a' },
  { what: 'no function around it', tools: [{ id: 'a', name: 'f', arguments: {} }], id: 'a' },
])('a call with $what is made complete', ({ tools, id }) => {
  expect(mend(tools)).toEqual({ calls: [call(id, '{}')], changed: true })
})

test('two calls with one id get two', () => {
  const { calls } = mend([call('a', '{"x":1}'), call('a', '{"x":2}'), call('', '{}')])
  expect(calls).toEqual([call('a', '{"x":1}'), call('minted_0', '{"x":2}'), call('minted_1', '{}')])
})

test('an answer that was cut short keeps the arguments as far as they came', () => {
  expect(mend([call('a', '')], true)).toEqual({ calls: [call('a', '')], changed: false })
})

test.each([
  { what: 'complete calls', tools: [call('a', '{"x":1}'), call('b', '{}', 'g')] },
  { what: 'a call of another kind', tools: [{ id: 'a', type: 'custom', custom: { name: 'f', input: '' } }] },
  { what: 'no calls', tools: [] },
])('$what are not touched', ({ tools }) => {
  expect(mend(tools)).toEqual({ calls: tools, changed: false })
})
