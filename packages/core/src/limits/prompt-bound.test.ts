import { readChatCall, writeChatCall } from '../operations/chat/chat-call.ts'
import type { ChatRequest } from '../operations/chat/chat.ts'
import { mintRequestId } from '../uuid.ts'
import { closerPromptBound } from './prompt-bound.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const letters = `data:image/png;base64,${'iVBORw0K'.repeat(20_000)}`
const picture = { type: 'image_url', image_url: { url: letters } } as const
const text = { type: 'text', text: 'What is this?' } as const

const calls = (request: object) => [
  readChatCall(Buffer.from(JSON.stringify({ model: 'm', ...request })), facts),
  writeChatCall({ model: 'm', ...request } as ChatRequest, facts),
]

test('a picture counts as one, whatever its letters come to', () => {
  for (const call of calls({ messages: [{ role: 'user', content: [text, picture, picture] }] })) {
    expect(closerPromptBound(call)).toBeLessThan(103_000)
    expect(closerPromptBound(call)).toBeGreaterThan(100_000)
  }
})

test.each([
  ['in a text', { messages: [{ role: 'user', content: letters }] }],
  ['in a part of text', { messages: [{ role: 'user', content: [{ type: 'text', text: letters }] }] }],
  [
    'in what describes a tool',
    {
      messages: [{ role: 'user', content: 'hi' }],
      tools: [{ type: 'function', function: { name: 'f', parameters: { content: [picture] } } }],
    },
  ],
  ['beside a name that is a number', { 7: 'x', messages: [{ role: 'user', content: [picture] }] }],
  ['beside what looks like a mark', { messages: [{ role: 'user', content: [picture, { type: 'text', text: '…' }] }] }],
])('the same letters count one by one %s', (_, request) => {
  for (const call of calls(request)) expect(closerPromptBound(call)).toBeGreaterThan(letters.length)
})

test('without tools, providers put little before a prompt', () => {
  const [plain] = calls({ messages: [{ role: 'user', content: 'hi' }] })
  const [tools] = calls({
    messages: [{ role: 'user', content: 'hi' }],
    tools: [{ type: 'function', function: { name: 'f' } }],
  })
  expect(plain && closerPromptBound(plain)).toBeLessThan(1200)
  expect(tools && closerPromptBound(tools)).toBeGreaterThan(8192)
})
