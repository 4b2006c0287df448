import { KEPT_ABOVE_BYTES } from '../../wire/keep-strings.ts'
import { bytes, facts, parsed } from '../ask-chat.fake.ts'
import { signatureFor } from './foreign-thought.ts'
import { readMessages } from './messages.ts'

const large = 'iVBORw0KGgo'.repeat(KEPT_ABOVE_BYTES / 10)
const long = (text: string): string => text.repeat(2000)
const mark = { cache_control: { type: 'ephemeral' } }

/** Everything in which a long string might be looked at, or put into another. */
const requestWith = (data: string) => ({
  model: 'a',
  max_tokens: 9,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data }, ...mark },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: long('a "quoted"\n\\ word ') } },
        { type: 'text', text: long('"data": ') },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: signatureFor({ reasoning_details: [long('d')] }) },
        { type: 'tool_use', id: 't', name: 'f', input: { data, text: long('"\\\n'), more: { data: long('"q"') } } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: long('[1,') }] },
  ],
})

const inChat = (data: string, extras?: object): string => {
  const { call } = readMessages(bytes(requestWith(data)), facts)
  const { body } = extras === undefined ? call : (call.fitted?.(call, extras) ?? call)
  return JSON.stringify(parsed(body))
}

test.each([undefined, { cacheMarks: true, thoughts: ['reasoning_details'] }])(
  'a large request says in chat what a small one would, to a target that takes %j',
  (extras) => {
    expect(inChat(large, extras) === inChat('SMALL', extras).replaceAll('SMALL', large)).toBe(true)
  },
)

test('Anthropic gets the bytes of a large request without thoughts of others', () => {
  const { call } = readMessages(bytes(requestWith(large)), facts)
  const request = requestWith(large)
  const content = request.messages[1]?.content
  if (Array.isArray(content)) content.shift()
  expect(bytes(request).equals(Buffer.from(call.native?.body ?? []))).toBe(true)
})
