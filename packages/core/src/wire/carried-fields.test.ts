import { carriedByCall, carriedFields, CarriedInStream } from './carried-fields.ts'

const together = (...deltas: object[]): object => {
  const carried = new CarriedInStream()
  for (const delta of deltas) carried.add(delta as Record<string, unknown>)
  return carried.fields
}

test('of a message, what its provider wants back is carried, and nothing else', () => {
  const wanted = { reasoning_details: [1], thinking_blocks: [2], extra_content: { google: {} }, phase: 'commentary' }
  expect(carriedFields({ role: 'assistant', content: 'Hi', refusal: null, ...wanted })).toEqual(wanted)
  expect(carriedFields({ content: 'Hi', extra_content: null })).toEqual({})
})

test('of a tool call, all that is not its own', () => {
  const call = { index: 0, id: '1', type: 'function', function: { name: 'f' }, extra_content: { google: 1 } }
  expect(carriedByCall(call)).toEqual({ extra_content: { google: 1 } })
})

const piece = (index: number, text: string, more = {}) => ({
  reasoning_details: [{ type: 'reasoning.text', format: 'anthropic-claude-v1', index, text, ...more }],
})

test('details grow by their index, and a null takes nothing away', () => {
  expect(
    together(
      piece(0, 'Six '),
      piece(1, 'Seven.'),
      piece(0, 'times.', { signature: 's' }),
      piece(0, '', { signature: null }),
    ),
  ).toEqual({
    reasoning_details: [
      { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'Six times.', signature: 's' },
      { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 1, text: 'Seven.' },
    ],
  })
})

const of = (type: string, field: string) => (text: string, more?: object) => ({
  reasoning_details: [{ type, [field]: text, ...more }],
})

test('without an index they grow until one is signed; a summary is no text', () => {
  const [text, summary] = [of('reasoning.text', 'text'), of('reasoning.summary', 'summary')]
  expect(together(text('a'), text('b', { signature: 's' }), text('c'), summary('d'), summary('e'))).toEqual({
    reasoning_details: [
      { type: 'reasoning.text', text: 'ab', signature: 's' },
      { type: 'reasoning.text', text: 'c' },
      { type: 'reasoning.summary', summary: 'de' },
    ],
  })
})

test('what is encrypted comes whole, and blocks of Anthropic stay apart', () => {
  const encrypted = { type: 'reasoning.encrypted', data: 'AAAA', index: 0 }
  const thinking = { type: 'thinking', thinking: 'Hm.', signature: 's' }
  expect(
    together(
      { reasoning_details: [encrypted], thinking_blocks: [thinking] },
      { reasoning_details: [{ ...encrypted, data: 'BBBB' }], thinking_blocks: [thinking] },
    ),
  ).toEqual({ reasoning_details: [encrypted, { ...encrypted, data: 'BBBB' }], thinking_blocks: [thinking, thinking] })
})

const signed = (signature: string) => ({ extra_content: { google: { thought_signature: signature } } })

test("of Google's signatures the last one counts", () => {
  expect(together(signed('a'), {}, signed('b'))).toEqual(signed('b'))
})

test('a stream that carries nothing says nothing', () => {
  expect(together({ content: 'Hi' }, { reasoning_details: null, extra_content: null })).toEqual({})
})

test('the last phase of a stream counts', () => {
  expect(together({ phase: 'commentary' }, {}, { phase: 'final_answer' }, { phase: null })).toEqual({
    phase: 'final_answer',
  })
})
