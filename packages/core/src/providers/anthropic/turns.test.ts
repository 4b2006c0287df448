import { readConversation } from '../translated/conversation.ts'
import { writeTurns } from './turns.ts'

const user = (content: unknown) => ({ role: 'user', content })
const calls = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
})
const result = (id: string, content: unknown = 'r') => ({ role: 'tool', tool_call_id: id, content })
const written = (...messages: object[]) => writeTurns(readConversation(messages))
const text = (words: string) => ({ type: 'text', text: words })
const typesOf = ({ content }: { content: readonly { type: string }[] }) => content.map(({ type }) => type)

test.each([
  ['functions.a:0', 'functions_a:0', 'functions_a_0'],
  ['a_b', 'a.b', 'a b'],
  ['ä', 'ö', '.'],
])('ids that differ only in signs Anthropic does not take stay apart: %s, %s, %s', (...ids) => {
  const { messages } = written(user('Hi'), calls(...ids), ...ids.map((id) => result(id)))
  const called = messages[1]?.content.map(({ id }) => id)
  expect(new Set(called).size).toBe(3)
  for (const id of called ?? []) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/)
  expect(messages[2]?.content.map(({ tool_use_id: id }) => id)).toEqual(called)
})

test.each([
  { what: 'between two results', said: [result('a'), user('see?'), result('b')] },
  { what: 'before the results', said: [user('see?'), result('a'), result('b')] },
  { what: 'around them', said: [user('1'), result('a'), user('2'), result('b'), user('3')] },
])('the results of tools come first when the user speaks $what', ({ said }) => {
  const { messages } = written(user('Hi'), calls('a', 'b'), ...said)
  const answer = messages[2]?.content ?? []
  expect(answer.slice(0, 2).map(({ tool_use_id: id }) => id)).toEqual(['a', 'b'])
  expect(answer.slice(2).map(({ type }) => type)).toEqual(said.slice(2).map(() => 'text'))
})

test('a result is moved to its call over whatever the model said since', () => {
  const later = [result('a'), { role: 'assistant', content: 'Still waiting.' }, user('And?'), result('b'), user('So?')]
  const { messages } = written(user('Hi'), calls('a', 'b'), ...later)
  expect(messages.map(typesOf)).toEqual([
    ['text'],
    ['tool_use', 'tool_use'],
    ['tool_result', 'tool_result'],
    ['text'],
    ['text', 'text'],
  ])
})

test('ids that are counted anew with every turn, or are the same twice, become different ones', () => {
  const turn = [calls('call_0', 'call_0'), result('call_0', '1'), result('call_0', '2')]
  const { messages } = written(user('Hi'), ...turn, ...turn)
  const called = messages.flatMap(({ content }) => content.flatMap(({ id }) => id ?? []))
  const answered = messages.flatMap(({ content }) => content.flatMap(({ tool_use_id: id }) => id ?? []))
  expect(new Set(called).size).toBe(4)
  expect(answered).toEqual(called)
})

test.each(['', ' ', '\n', '\t\r\n ', '\u00a0'])('a text of %j is left out wherever it stands', (blank) => {
  const { system, messages } = written(
    { role: 'system', content: blank },
    user([text(blank), text('Hi')]),
    { ...calls('a'), content: blank },
    result('a', [text(blank)]),
    { role: 'assistant', content: blank },
    user('Go on'),
  )
  expect(system).toEqual([])
  expect(messages.map(typesOf)).toEqual([['text'], ['tool_use'], ['tool_result', 'text']])
  expect(messages[2]?.content[0]).toMatchObject({ content: [] })
})

test('a user who says nothing in the end still has the last word', () => {
  const { messages } = written(user('Hi'), { role: 'assistant', content: 'Hello' }, user(' '))
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(messages[2]?.content).toEqual([text('(no text)')])
  expect(written(user(' ')).messages).toEqual([user([text('(no text)')])])
})
