import { lengthOfWords, textLengthOf, TokenCount } from './token-count.ts'

test('an event counts as a token, unless it is longer than one', () => {
  const count = new TokenCount()
  count.add(3, 6)
  expect(count.tokens).toBe(3)
  count.add(1, 94)
  expect(count.tokens).toBe(25)
})

test('only words count: not roles, ids and names of fields', () => {
  const calls = [{ index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }]
  const choices = [
    { delta: { role: 'assistant', content: 'Hello', reasoning_content: 'Hm' } },
    { message: { content: null, tool_calls: calls } },
  ]
  expect(textLengthOf(choices)).toBe(14)
  expect(lengthOfWords([undefined, 7, 'ab'])).toBe(2)
  expect(lengthOfWords(['abcd', { content: 'äöü' }, 'abcde', 'äöüß€'], 6)).toBe(12)
  expect(lengthOfWords(['abcd', { content: 'äöü' }, 'abcde'], 4)).toBe(4)
})
