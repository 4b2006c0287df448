import { readChatCall, writeChatCall } from './chat-call.ts'
import type { ChatRequest } from './chat.ts'
import type { NativeRequest } from './native-request.ts'
import { mintRequestId } from '../../uuid.ts'
import { closerPromptBound } from './closer-prompt.ts'
import type { AskedTarget } from '../operation.ts'

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
    expect(closerPromptBound(call, [llama])).toBeLessThan(103_000)
    expect(closerPromptBound(call, [llama])).toBeGreaterThan(100_000)
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
  for (const call of calls(request)) expect(closerPromptBound(call, [llama])).toBeGreaterThan(letters.length)
})

const target = (upstreamModel: string, type = 'openai-compatible', routesItself = false) => ({
  adapter: { type, routesItself },
  upstreamModel,
})
const sandbox = target('speka/sandbox', 'sandbox')
const llama = target('meta/llama-3.3-70b-instruct')
const ministral = target('mistralai/Ministral-3-14B-Instruct-2512')

const bound = (request: object, ...targets: readonly AskedTarget[]): readonly number[] =>
  calls(request).map((call) => closerPromptBound(call, targets))

test('a plain conversation counts by its words, and the marks that stand around them', () => {
  const messages = [{ role: 'user', content: 'Hello' }]
  expect(bound({ messages }, sandbox)).toEqual([17, 17])
  expect(bound({ messages, temperature: 0.5, user: 'somebody with a long name', tools: null }, sandbox)).toEqual([
    17, 17,
  ])
  const said = [...messages, { role: 'assistant', name: 'Ann', content: [text, { type: 'refusal', refusal: 'No' }] }]
  expect(bound({ messages: said }, sandbox)).toEqual([17 + 8 + 9 + 3 + 13 + 2, 17 + 8 + 9 + 3 + 13 + 2])
})

test('a long text counts by its bytes', () => {
  for (const tokens of bound({ messages: [{ role: 'user', content: 'é"…'.repeat(5000) }] }, sandbox)) {
    expect(tokens).toBeGreaterThanOrEqual(6 * 5000)
    expect(tokens).toBeLessThan(7 * 5000 + 100)
  }
})

test.each([
  ['the sandbox', [sandbox], 17],
  ['a model that is told who it is', [llama], 17 + 128],
  ['a model that is told at length', [ministral], 17 + 1024],
  ['several, of which the most talkative counts', [sandbox, ministral, llama], 17 + 1024],
  ['a gateway, behind which may be anybody', [target('m', 'speka', true)], 17 + 1024],
  ['a server whose models have instructions of their own', [target('llama3.2', 'ollama')], 17 + 1024],
])('what is put before a prompt depends on who is asked: %s', (_, targets, tokens) => {
  expect(bound({ messages: [{ role: 'user', content: 'Hello' }] }, ...targets)).toEqual([tokens, tokens])
})

test('who is told by the caller who it is does not hear it from its template as well', () => {
  const messages = [{ role: 'system', content: 'hi' }]
  expect(bound({ messages }, ministral)).toEqual([16 + 128, 16 + 128])
  expect(bound({ messages }, target('CohereLabs/c4ai-command-a-03-2025'))).toEqual([16 + 1024, 16 + 1024])
})

test.each([
  [
    'a schema',
    { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } } },
  ],
  ['a field that nobody knows', { documents: [{ text: 'x'.repeat(50) }] }],
  ['calls of tools', { messages: [{ role: 'assistant', tool_calls: [{ id: 'x', type: 'function', function: {} }] }] }],
])('where there is more than words, all of the request counts: %s', (_, request) => {
  const whole = { messages: [{ role: 'user', content: 'hi' }], ...request }
  const bytes = JSON.stringify({ model: 'm', ...whole }).length
  expect(bound(whole, sandbox)).toEqual([bytes + 1024, bytes + 1024])
})

test('what came in another dialect counts by its translation, unless somebody is asked who speaks it', () => {
  const messages = [{ role: 'user', content: 'Hello' }]
  const [call] = calls({ messages })
  if (call === undefined) throw new Error('there is one')
  const { body, scan } = call
  const native = { dialect: 'responses', body, scan, outline: {} } as unknown as NativeRequest
  const speaking = { ...sandbox, adapter: { ...sandbox.adapter, native: {} } }
  expect(closerPromptBound({ ...call, native, leftOut: [] }, [sandbox])).toBe(17)
  expect(closerPromptBound({ ...call, native, leftOut: [] }, [sandbox, speaking])).toBeGreaterThan(1024)
})

test('what tools come to is not known so closely', () => {
  const [tokens] = bound(
    { messages: [{ role: 'user', content: 'hi' }], tools: [{ type: 'function', function: { name: 'f' } }] },
    sandbox,
  )
  expect(tokens).toBeGreaterThan(8192)
})
