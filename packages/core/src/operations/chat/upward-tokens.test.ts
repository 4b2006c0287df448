import { mintRequestId } from '../../uuid.ts'
import { writeChatCall } from './chat-call.ts'
import type { ChatRequest } from './chat.ts'
import { tokensInJson, upwardTokens } from './upward-tokens.ts'

const inJson = (text: string): number => {
  const bytes = Buffer.from(JSON.stringify(text))
  return tokensInJson(bytes, 1, bytes.length - 1)
}

test.each([
  { what: 'short words, with the space before each', text: 'the cat sat', tokens: 3 },
  { what: 'a long word in pieces of two letters', text: 'imagination', tokens: 6 },
  { what: 'words within a name', text: 'getUserName', tokens: 3 },
  { what: 'digits one by one', text: '20261130', tokens: 8 },
  { what: 'marks one by one', text: '{}();', tokens: 5 },
  { what: 'a row of the same mark as fewer', text: '--------', tokens: 3 },
  { what: 'spaces that indent as fewer', text: '        x', tokens: 3 },
  { what: 'a line break as one', text: '\n', tokens: 1 },
  { what: 'a character of three bytes as two', text: '数学', tokens: 4 },
  { what: 'a character of four bytes as four', text: '🎉', tokens: 4 },
  { what: 'letters that stand for bytes one by one', text: 'aGVsbG8K', tokens: 8 },
  { what: 'a crowd of consonants by its letters', text: 'xqzvkj', tokens: 6 },
])('counts $what', ({ text, tokens }) => {
  expect(inJson(text)).toBe(tokens)
})

const target = (upstreamModel: string) => ({ adapter: { type: 'openai-compatible' }, upstreamModel })
const count = (request: Pick<ChatRequest, 'messages' | 'tools'>): number =>
  upwardTokens(writeChatCall({ model: 'm', ...request }, { id: mintRequestId(0), receivedAt: 0 }), target('llama-3'))

const letters = `data:image/png;base64,${'iVBORw0K'.repeat(20_000)}`

test('a picture counts as one, whatever its letters come to', () => {
  const content = [{ type: 'image_url', image_url: { url: letters } } as const]
  const without = count({ messages: [{ role: 'user', content: '' }] })
  expect(count({ messages: [{ role: 'user', content }] }) - without).toBeGreaterThan(3000)
  expect(count({ messages: [{ role: 'user', content }] }) - without).toBeLessThan(3100)
})

test('tools count for what a template says of them as well', () => {
  const messages: ChatRequest['messages'] = [{ role: 'user', content: 'Hi' }]
  const tools = [{ type: 'function', function: { name: 'f' } } as const]
  expect(count({ messages, tools }) - count({ messages })).toBeGreaterThan(1024)
})

const countOf = (times: number): number =>
  count({ messages: [{ role: 'user', content: 'once upon a time '.repeat(times) }] })

test('what is longer than is looked at counts like its beginning', () => {
  const most = 17 * 300_000
  expect(most).toBeGreaterThan(4 * 1024 * 1024)
  expect(countOf(300_000) / countOf(200_000)).toBeCloseTo(1.5, 2)
})
