import { bytes, chunk, completion, eventsIn, facts, parsed, streamOf, told } from './ask-chat.fake.ts'
import { readMessages } from './messages/messages.ts'
import { readResponses } from './responses/responses.ts'

const messages = () =>
  readMessages(bytes({ model: 'a', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hi' }] }), facts)
const responses = () => readResponses(bytes({ model: 'a', stream: true, input: 'Hi' }), facts)

const whole = bytes(completion({ content: null, function_call: { name: 'f', arguments: '{"a":1}' } }, 'function_call'))
const streamed = streamOf([
  chunk({ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } }),
  ...['{"a"', ':', '1', '}'].map((json) => chunk({ function_call: { arguments: json } })),
  chunk({}, 'function_call'),
])
const ownId = `call_${facts.id.replaceAll('-', '')}`

describe('what a model called before there were tools is a call with an id of ours', () => {
  test('in a message', () => {
    expect(parsed(messages().answer(whole))).toMatchObject({
      content: [{ type: 'tool_use', id: ownId, name: 'f', input: { a: 1 } }],
      stop_reason: 'tool_use',
    })
  })

  test('in a message that is streamed', () => {
    const dialect = messages()
    const events = eventsIn(dialect.frames(streamed)) as { type: string; delta?: { partial_json?: string } }[]
    expect(events).toContainEqual({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: ownId, name: 'f', input: {} },
    })
    expect(events.map(({ delta }) => delta?.partial_json ?? '').join('')).toBe('{"a":1}')
    expect(events.at(-2)).toMatchObject({ type: 'message_delta', delta: { stop_reason: 'tool_use' } })
  })

  const item = { type: 'function_call', status: 'completed', call_id: ownId, name: 'f', arguments: '{"a":1}' }

  test('in a response', () => {
    expect(parsed(responses().answer(whole))).toMatchObject({ status: 'completed', output: [item] })
  })

  test('in a response that is streamed', () => {
    const events = told(responses(), streamed)
    expect(events.at(-2)).toMatchObject({ type: 'response.completed', response: { output: [item] } })
  })

  test('and the calls of tools beside it count alone', () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'g', arguments: '{}' } }
    const both = { content: null, tool_calls: [call], function_call: { name: 'g', arguments: '{}' } }
    expect(parsed(responses().answer(bytes(completion(both, 'tool_calls'))))).toMatchObject({
      output: [{ call_id: 'call_1', name: 'g' }],
    })
  })
})
