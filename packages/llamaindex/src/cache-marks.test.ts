import type { MessageContent } from '@llamaindex/core/llms'
import { toChatMessages } from './messages.ts'

const mark = { cache_control: { type: 'ephemeral' } }
const text = { type: 'text' as const, text: 'Long.' }
const marked = { ...text, ...mark }
const roles = ['system', 'user', 'assistant', 'developer'] as const

test.each(roles)('the mark of a prompt cache stays on a lone text of %s', (role) => {
  expect(toChatMessages([{ role, content: [marked] }])).toEqual([{ role, content: [marked] }])
})

test.each(roles)('the mark of a prompt cache stays on one of several texts of %s', (role) => {
  expect(toChatMessages([{ role, content: [text, marked] }])).toEqual([{ role, content: [text, marked] }])
})

test.each(roles)('the mark of a whole message of %s is its last part', (role) => {
  expect(toChatMessages([{ role, content: 'Long.', options: mark }])).toEqual([{ role, content: [marked] }])
  expect(toChatMessages([{ role, content: [text, text], options: mark }])).toEqual([{ role, content: [text, marked] }])
})

test('it stays on the result of a tool', () => {
  const options = { toolResult: { id: '1', result: 'Long.', isError: false }, ...mark }
  expect(toChatMessages([{ role: 'user', content: 'Long.', options }])).toEqual([
    { role: 'tool', tool_call_id: '1', content: [marked] },
  ])
})

test.each<{ what: string; part: Exclude<MessageContent, string>[number]; sent: object }>([
  {
    what: 'an image',
    part: { type: 'image', data: 'AAAA', mimeType: 'image/png', ...mark } as never,
    sent: { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' }, ...mark },
  },
  {
    what: 'a file',
    part: { type: 'file', data: 'AAAA', mimeType: 'application/pdf', ...mark } as never,
    sent: { type: 'file', file: { filename: 'file', file_data: 'data:application/pdf;base64,AAAA' }, ...mark },
  },
])('it stays on $what', ({ part, sent }) => {
  expect(toChatMessages([{ role: 'user', content: [part] }])).toEqual([{ role: 'user', content: [sent] }])
})

test('several texts of a system that carry nothing else are one text', () => {
  expect(toChatMessages([{ role: 'system', content: [text, text] }])).toEqual([
    { role: 'system', content: 'Long.\n\nLong.' },
  ])
})

test('an image that a tool found is not lost', () => {
  const image = { type: 'image_url' as const, image_url: { url: 'data:,' } }
  const options = { toolResult: { id: '1', result: 'A picture.', isError: false } }
  expect(toChatMessages([{ role: 'user', content: [text, image], options }])).toEqual([
    { role: 'tool', tool_call_id: '1', content: [text, image] },
  ])
})
