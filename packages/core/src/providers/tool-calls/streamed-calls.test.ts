import type { Json } from '../../json.ts'
import fc from 'fast-check'
import { StreamedCalls } from './streamed-calls.ts'

const fn = (name?: string, given?: unknown) => ({
  ...(name !== undefined && { name }),
  ...(given !== undefined && { arguments: given }),
})
const call = (own: Json, name?: string, given?: unknown): Json => ({
  ...own,
  type: 'function',
  function: fn(name, given),
})
const more = (own: Json, given: unknown): Json => ({ ...own, function: { arguments: given } })

const minting = () => {
  let minted = 0
  return () => `minted_${minted++}`
}

/** What the events say of calls, mended, and whether anything had to be. */
function mend(events: readonly unknown[]): { deltas: Json[]; changed: boolean[] } {
  const calls = new StreamedCalls(minting())
  const deltas = structuredClone(events).map((tools) => ({ tool_calls: tools }) as Json)
  const changed = deltas.map((delta, at) => {
    const added = calls.add(delta)
    return (at === deltas.length - 1 && calls.end(delta)) || added
  })
  return { deltas, changed }
}

/** Calls as clients put them together, the least careful among them: by number, and text after text. */
function together(deltas: readonly Json[]): unknown[] {
  const made: Record<number, { id: string; name: string; type: string; arguments: string }> = {}
  for (const { tool_calls: pieces } of deltas) {
    for (const piece of pieces as Json[]) {
      const { name = '', arguments: text = '' } = (piece['function'] ?? {}) as { name?: string; arguments?: string }
      const at = (made[Number(piece['index'])] ??= { id: '', type: '', name: '', arguments: '' })
      at.id += (piece['id'] as string | undefined) ?? ''
      at.type = (piece['type'] as string | undefined) ?? at.type
      at.name += name
      at.arguments += text
    }
  }
  return Object.values(made).map(({ id, type, name, arguments: text }) => [id, type, name, text])
}

const f = (id: string, given: string, name = 'f') => [id, 'function', name, given]

test.each([
  {
    what: 'two ids under one number, each call whole',
    events: [[call({ index: 0, id: 'a' }, 'f', '{"x":1}')], [call({ index: 0, id: 'b' }, 'f', '{"x":2}')]],
    made: [f('a', '{"x":1}'), f('b', '{"x":2}')],
  },
  {
    what: 'two ids under one number in one event',
    events: [[call({ index: 0, id: 'a' }, 'f', '{}'), call({ index: 0, id: 'b' }, 'g', '{}')]],
    made: [f('a', '{}'), f('b', '{}', 'g')],
  },
  {
    what: 'two ids under one number, in pieces one after the other',
    events: [
      [call({ index: 0, id: 'a' }, 'f', '')],
      [more({ index: 0 }, '{"x":')],
      [more({ index: 0 }, '1}')],
      [call({ index: 0, id: 'b' }, 'g', '')],
      [more({ index: 0 }, '{"y":')],
      [more({ index: 0 }, '2}')],
    ],
    made: [f('a', '{"x":1}'), f('b', '{"y":2}', 'g')],
  },
  {
    what: 'two ids under one number, in pieces by turns',
    events: [
      [call({ index: 0, id: 'a' }, 'f', '{"x":')],
      [call({ index: 0, id: 'b' }, 'f', '{"x":')],
      [more({ index: 0, id: 'a' }, '1}')],
      [more({ index: 0, id: 'b' }, '2}')],
    ],
    made: [f('a', '{"x":1}'), f('b', '{"x":2}')],
  },
  {
    what: 'two ids under one number, of calls without arguments',
    events: [[call({ index: 0, id: 'a' }, 'f', '')], [call({ index: 0, id: 'b' }, 'f', '')]],
    made: [f('a', '{}'), f('b', '{}')],
  },
  {
    what: 'one number and no ids, each call whole',
    events: [[call({ index: 0 }, 'f', '{"x":1}')], [call({ index: 0 }, 'f', '{"x":1}')]],
    made: [f('minted_0', '{"x":1}'), f('minted_1', '{"x":1}')],
  },
  {
    what: 'one number for two names without arguments in one event',
    events: [[call({ index: 0, id: null }, 'f', ''), call({ index: 0, id: null }, 'g', null)]],
    made: [f('minted_0', '{}'), f('minted_1', '{}', 'g')],
  },
  {
    what: 'one number and one name twice in one event, without arguments',
    events: [[call({ index: 0 }, 'f', ''), call({ index: 0 }, 'f', '')]],
    made: [f('minted_0', '{}'), f('minted_1', '{}')],
  },
  {
    what: 'the same number again beside another',
    events: [
      [call({ index: 0, id: 'a' }, 'f', '{}'), call({ index: 1, id: 'b' }, 'f', '{}')],
      [call({ index: 1, id: 'c' }, 'f', '{}')],
    ],
    made: [f('a', '{}'), f('b', '{}'), f('c', '{}')],
  },
  {
    what: 'two whole calls without number and id in one event',
    events: [[{ function: fn('f', '{"x":1}') }, { function: fn('g', '{"y":2}') }]],
    made: [f('minted_0', '{"x":1}'), f('minted_1', '{"y":2}', 'g')],
  },
  {
    what: 'two whole calls without number and id in two events',
    events: [[{ function: fn('f', '{"x":1}') }], [{ function: fn('f', '{"x":2}') }]],
    made: [f('minted_0', '{"x":1}'), f('minted_1', '{"x":2}')],
  },
  {
    what: 'a call without number, in pieces',
    events: [[call({ id: 'a' }, 'f', '')], [{ function: fn(undefined, '{"x"') }], [{ function: fn('', ':1}') }]],
    made: [f('a', '{"x":1}')],
  },
  {
    what: 'a number in later pieces only',
    events: [
      [call({ id: 'a' }, 'f', '')],
      [call({ id: 'b' }, 'g', '')],
      [more({ index: 0 }, '{}')],
      [more({ index: 1 }, '[]')],
    ],
    made: [f('a', '{}'), f('b', '[]', 'g')],
  },
  {
    what: 'another number in every piece',
    events: [[call({ index: 0, id: 'a' }, 'f', '{"x":')], [more({ index: 1, id: 'a' }, '1}')]],
    made: [f('a', '{"x":1}')],
  },
  {
    what: 'a number that is a text',
    events: [[call({ index: '0', id: 'a' }, 'f', '')], [more({ index: '0' }, '{}')]],
    made: [f('a', '{}')],
  },
  {
    what: 'no number, and the id in every piece',
    events: [
      [call({ id: 'a' }, 'f', ''), call({ id: 'b' }, 'g', '')],
      [more({ id: 'a' }, '{"x":'), more({ id: 'b' }, '{"y":')],
      [more({ id: 'a' }, '1}'), more({ id: 'b' }, '2}')],
    ],
    made: [f('a', '{"x":1}'), f('b', '{"y":2}', 'g')],
  },
  ...[null, '', undefined].map((id) => ({
    what: `the id ${JSON.stringify(id)}`,
    events: [[call({ index: 0, id }, 'f', '')], [more({ index: 0, id }, '{}')]],
    made: [f('minted_0', '{}')],
  })),
  {
    what: 'a number as id',
    events: [[call({ index: 0, id: 7 }, 'f', '{}')]],
    made: [f('7', '{}')],
  },
  {
    what: 'one id for two numbers',
    events: [[call({ index: 0, id: 'a' }, 'f', '{}'), call({ index: 1, id: 'a' }, 'g', '{}')]],
    made: [f('a', '{}'), f('minted_0', '{}', 'g')],
  },
  {
    what: 'id, name and type in every piece',
    events: ['', '{"p":', '{"q":', '"f"}}'].map((text) => [call({ index: 0, id: 'a' }, 'f', text)]),
    made: [f('a', '{"p":{"q":"f"}}')],
  },
  {
    what: 'the name in every piece, and what looks like an end within a text',
    events: ['{"p":"\\"', '}\\\\', '","q":"{', '"}'].map((text) => [call({ index: 0 }, 'f', text)]),
    made: [f('minted_0', '{"p":"\\"}\\\\","q":"{"}')],
  },
  {
    what: 'the name in every piece, and no id',
    events: ['', '{"p":', '1}', ''].map((text) => [call({ index: 0 }, 'f', text)]),
    made: [f('minted_0', '{"p":1}')],
  },
  {
    what: 'another id in every piece of one call',
    events: [
      [call({ index: 0, id: 'a' }, 'f', '')],
      [more({ index: 0, id: 'b' }, '{"p":')],
      [more({ index: 0, id: 'c' }, '1}')],
    ],
    made: [f('a', '{"p":1}')],
  },
  {
    what: 'the whole call once more at its end',
    events: [[call({ index: 0, id: 'a' }, 'f', '{"p":1}')], [call({ index: 0, id: 'a' }, 'f', '{"p":1}')]],
    made: [f('a', '{"p":1}')],
  },
  {
    what: 'a name in two pieces',
    events: [
      [call({ index: 0, id: 'a' }, 'read_', '')],
      [{ index: 0, function: fn('file') }],
      [more({ index: 0 }, '{}')],
    ],
    made: [f('a', '{}', 'read_file')],
  },
  {
    what: 'a name that comes after the id',
    events: [[{ index: 0, id: 'a' }], [{ index: 0, function: fn('f', '{"x":1}') }]],
    made: [f('a', '{"x":1}')],
  },
  ...['', null, undefined, ' ', 'null'].map((given) => ({
    what: `the arguments ${JSON.stringify(given)}`,
    events: [[call({ index: 0, id: 'a' }, 'f', given)]],
    made: [f('a', '{}')],
  })),
  {
    what: 'arguments as an object, in a list and beside no function',
    events: [[call({ index: 0, id: 'a' }, 'f', { x: 1 }), { name: 'g', arguments: { y: [2] } }]],
    made: [f('a', '{"x":1}'), f('minted_0', '{"y":[2]}', 'g')],
  },
  {
    what: 'no type',
    events: [[{ index: 0, id: 'a', function: fn('f', '{}') }]],
    made: [f('a', '{}')],
  },
])('$what: each call has its own number, and id, type and name once', ({ events, made }) => {
  const { deltas, changed } = mend(events)
  expect(together(deltas)).toEqual(made)
  // What is not said to have changed goes out as it came.
  expect(changed).toEqual(
    deltas.map(({ tool_calls: tools }, at) => JSON.stringify(tools) !== JSON.stringify(events[at])),
  )
})

test('a call of another kind is left alone', () => {
  const custom = { index: 0, id: 'a', type: 'custom', custom: { name: 'f', input: 'x' } }
  const events = [[custom], [{ index: 0, custom: { input: 'y' } }]]
  expect(mend(events)).toEqual({ deltas: events.map((tools) => ({ tool_calls: tools })), changed: [false, false] })
})

test('what OpenAI sends is not touched', () => {
  const made = fc.record({
    name: fc.stringMatching(/^[a-z]{1,9}$/),
    arguments: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
    cuts: fc.array(fc.nat(40), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(fc.array(made, { maxLength: 4 }), (calls) => {
      const events = calls.flatMap(({ name, arguments: given, cuts }, index) => {
        const text = JSON.stringify(given)
        const ends = [...cuts.filter((cut) => cut < text.length), text.length].toSorted((a, b) => a - b)
        const pieces = ends.map((end, at) => [more({ index }, text.slice(ends[at - 1] ?? 0, end))])
        return [[call({ index, id: `call_${index}` }, name, '')], ...pieces]
      })
      expect(mend(events).changed).toEqual(events.map(() => false))
    }),
  )
})
