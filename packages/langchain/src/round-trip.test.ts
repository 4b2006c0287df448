import { HumanMessage, mapStoredMessagesToChatMessages, type BaseMessage } from '@langchain/core/messages'
import type { ChatMessage } from '@speka/core'
import { ChatSpeka } from './chat-speka.ts'
import { gatewaySaying, gatewayStreaming } from './gateway.fake.ts'
import { toChatMessages } from './messages.ts'

const signed = (signature: string) => ({ extra_content: { google: { thought_signature: signature } } })
const called = { id: 'call_1', type: 'function' as const, function: { name: 'f', arguments: '{"a":1}' } }
const thinking = { type: 'thinking', thinking: 'Hm.', signature: 's' }
const detail = { type: 'reasoning.text', text: 'Six times.', format: 'anthropic-claude-v1', index: 0, signature: 's' }
const encrypted = { type: 'reasoning.encrypted', data: 'AAAA', index: 1 }

/** What a model says, whole and in pieces, of which every field has to come back. */
const turns = [
  {
    what: "Gemini's signature of a call",
    message: { tool_calls: [{ ...called, ...signed('s') }] },
    deltas: [
      { tool_calls: [{ index: 0, ...called, ...signed('s'), function: { name: 'f', arguments: '{"a"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
    ],
  },
  {
    what: "Gemini's signature of a text",
    message: { content: '42', ...signed('t') },
    deltas: [{ content: '4' }, { content: '2' }, signed('t')],
  },
  {
    what: "Claude's signed thoughts",
    message: { content: '42', reasoning_content: 'Hm.', thinking_blocks: [thinking] },
    deltas: [{ reasoning_content: 'Hm.' }, { content: '42' }, { thinking_blocks: [thinking] }],
  },
  {
    what: "OpenRouter's details",
    message: { content: '42', reasoning_content: 'Six times.', reasoning_details: [detail, encrypted] },
    deltas: [
      { reasoning_content: 'Six ', reasoning_details: [{ ...detail, text: 'Six ', signature: null }] },
      { reasoning_content: 'times.', reasoning_details: [{ ...detail, text: 'times.' }] },
      { content: '42', reasoning_details: [encrypted] },
    ],
  },
  {
    what: 'reasoning before a call',
    message: { reasoning_content: 'Hm.', tool_calls: [called] },
    deltas: [{ reasoning_content: 'Hm.' }, { tool_calls: [{ index: 0, ...called }] }],
  },
]

const ways: { way: string; ask: (turn: (typeof turns)[number]) => Promise<BaseMessage> }[] = [
  { way: 'invoke', ask: ({ message }) => new ChatSpeka({ model: 'x', gateway: gatewaySaying(message) }).invoke('?') },
  {
    way: 'invoke in version 1',
    ask: ({ message }) =>
      new ChatSpeka({ model: 'x', gateway: gatewaySaying(message), outputVersion: 'v1' }).invoke('?'),
  },
  { way: 'stream', ask: ({ deltas }) => streamed(new ChatSpeka({ model: 'x', gateway: gatewayStreaming(deltas) })) },
  {
    way: 'stream put together by invoke',
    ask: ({ deltas }) => new ChatSpeka({ model: 'x', gateway: gatewayStreaming(deltas), streaming: true }).invoke('?'),
  },
  {
    way: 'streamEvents',
    ask: async ({ deltas }) => await new ChatSpeka({ model: 'x', gateway: gatewayStreaming(deltas) }).streamEvents('?'),
  },
]

async function streamed(model: ChatSpeka): Promise<BaseMessage> {
  let whole
  for await (const chunk of await model.stream('?')) whole = whole === undefined ? chunk : whole.concat(chunk)
  return whole as BaseMessage
}

const cases = ways.flatMap((way) => turns.map((turn) => ({ ...way, ...turn, turn })))

test.each(cases)('$what comes back with its turn after $way', async ({ ask, turn }) => {
  const { tool_calls: calls = [], ...said } = turn.message as Partial<ChatMessage>
  const [, sent] = toChatMessages([new HumanMessage('?'), await ask(turn)])
  expect(sent).toMatchObject({ role: 'assistant', ...said })
  expect(sent?.tool_calls ?? []).toEqual(calls)
})

test.each(cases)('$what survives being stored after $way', async ({ ask, turn }) => {
  const message = await ask(turn)
  const [stored] = mapStoredMessagesToChatMessages(JSON.parse(JSON.stringify([message.toDict()])))
  expect(toChatMessages([stored as BaseMessage])).toEqual(toChatMessages([message]))
})

test('a call that somebody changed keeps its signature, and another one gets none', async () => {
  const message = await new ChatSpeka({
    model: 'x',
    gateway: gatewaySaying({ tool_calls: [{ ...called, ...signed('s') }] as never }),
  }).invoke('?')
  message.tool_calls = [
    { ...message.tool_calls![0]!, args: { a: 2 } },
    { id: 'call_2', name: 'g', args: {} },
  ]
  expect(toChatMessages([message])[0]?.tool_calls).toEqual([
    { ...called, function: { name: 'f', arguments: '{"a":2}' }, ...signed('s') },
    { id: 'call_2', type: 'function', function: { name: 'g', arguments: '{}' } },
  ])
})

const piece = (id: string | undefined, args: string) => ({
  tool_calls: [
    {
      index: 0,
      ...(id !== undefined && { id, type: 'function' as const }),
      function: { name: 'f', arguments: args },
    },
  ],
})

test('calls that share an index are told apart by their ids', async () => {
  const gateway = gatewayStreaming([
    piece('1', '{"a"'),
    piece(undefined, ':1}'),
    piece('2', '{"b"'),
    piece(undefined, ':2}'),
  ])
  const model = new ChatSpeka({ model: 'x', gateway })
  const calls = [
    { id: '1', args: { a: 1 } },
    { id: '2', args: { b: 2 } },
  ]
  expect(await streamed(model)).toMatchObject({ tool_calls: calls })
  expect(await model.streamEvents('?')).toMatchObject({ tool_calls: calls })
})
