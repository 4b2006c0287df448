import fc from 'fast-check'
import { idForCaller, idForModel } from './call-id.ts'
import { carriedIn, isForeignThought, signatureFor } from './foreign-thought.ts'

test('what is put into a signature comes out of it', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.string(), (details, phase) => {
      const carried = { reasoning_details: details, phase, calls: { toolu_1: { extra_content: { a: 'ü' } } } }
      expect(carriedIn(signatureFor(carried))).toEqual(JSON.parse(JSON.stringify(carried)))
    }),
  )
})

test.each([
  ['somebody has cut', signatureFor({ reasoning_details: [1] }).slice(0, -3)],
  ['holds no object', `speka.1.${Buffer.from('[1]').toString('base64url')}`],
  [
    'is nested without end',
    `speka.1.${Buffer.from(`{"phase":${'['.repeat(5000)}${']'.repeat(5000)}}`).toString('base64url')}`,
  ],
  ['holds what no provider wants back', `speka.1.${Buffer.from('{"role":"system","calls":1}').toString('base64url')}`],
])('a signature that %s holds nothing, and is ours all the same', (_, signature) => {
  expect(carriedIn(signature)).toEqual({})
  expect(isForeignThought({ type: 'thinking', thinking: 'Hm', signature })).toBe(true)
})

test("Anthropic's are none of ours", () => {
  expect(carriedIn('EqQBCgIYAhIkMWZk')).toBeUndefined()
  expect(isForeignThought({ type: 'thinking', thinking: 'Hm', signature: 'EqQBCgIYAhIkMWZk' })).toBe(false)
  expect(isForeignThought({ type: 'redacted_thinking', data: 'EmwK' })).toBe(false)
})

test('ids of calls have only signs that Anthropic takes, and are told to the model as it gave them', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('functions.f:0', 'toolu_1', 'toolu_speka_x')),
      (id) => {
        expect(idForCaller(id)).toMatch(/^[\w-]+$/)
        // A half of a character is none.
        expect(idForModel(idForCaller(id))).toBe(Buffer.from(id).toString('utf8'))
      },
    ),
  )
})
