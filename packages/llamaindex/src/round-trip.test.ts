import type { ChatMessage as LlamaMessage, ChatResponseChunk } from '@llamaindex/core/llms'
import { tool } from '@llamaindex/core/tools'
import { agent } from '@llamaindex/workflow'
import type { ChatMessage, ToolCall } from '@speka/core'
import { createGateway, type ChatChunk, type ChatRequest, type Gateway } from '@speka/core/node'
import { mintRequestId } from '@speka/core/internal'
import { z } from 'zod'
import { toChatMessages } from './messages.ts'
import { SpekaLLM, type SpekaMessageOptions } from './speka-llm.ts'
import { TurnMemory } from './turn-memory.ts'

const hello = [{ role: 'user' as const, content: 'Hello!' }]
const signed = (signature: string) => ({ extra_content: { google: { thought_signature: signature } } })
const called = { id: 'call_1', type: 'function' as const, function: { name: 'f', arguments: '{"a":1}' } }
const detail = { type: 'reasoning.text', text: 'Six times.', format: 'anthropic-claude-v1', index: 0, signature: 's' }
const thinking = { type: 'thinking', thinking: 'Hm.', signature: 's' }

type Delta = ChatChunk['choices'][number]['delta']

/** What a model says, whole and in pieces, of which every field has to come back. */
interface Turn {
  what: string
  message: Partial<ChatMessage>
  deltas: Delta[]
}

const turns: Turn[] = [
  {
    what: "Gemini's signature of a call",
    message: { tool_calls: [{ ...called, ...signed('s') }] },
    deltas: [
      { tool_calls: [{ index: 0, ...called, ...signed('s'), function: { name: 'f', arguments: '{"a"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
    ],
  },
  {
    what: "OpenRouter's details before a call",
    message: { reasoning_content: 'Six times.', reasoning_details: [detail], tool_calls: [called] },
    deltas: [
      { reasoning_content: 'Six ', reasoning_details: [{ ...detail, text: 'Six ', signature: null }] },
      { reasoning_content: 'times.', reasoning_details: [{ ...detail, text: 'times.' }] },
      { tool_calls: [{ index: 0, ...called }] },
    ],
  },
  {
    what: "Claude's signed thoughts before a call",
    message: { reasoning_content: 'Hm.', thinking_blocks: [thinking], tool_calls: [called] },
    deltas: [{ reasoning_content: 'Hm.' }, { tool_calls: [{ index: 0, ...called }] }, { thinking_blocks: [thinking] }],
  },
]
const spoken: Turn = {
  what: 'what a text came with',
  message: { content: '42', reasoning_content: 'Hm.', ...signed('t') },
  deltas: [{ reasoning_content: 'H' }, { reasoning_content: 'm.' }, { content: '42' }, signed('t')],
}

/** A gateway whose model takes this turn, and then says that it is done. */
function taking({ message, deltas }: Turn): Gateway & { asked: ChatRequest[] } {
  const asked: ChatRequest[] = []
  const head = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 0, model: 'fake/model' } as const
  const finish = message.tool_calls === undefined ? 'stop' : 'tool_calls'
  return {
    ...createGateway({ config: {} }),
    asked,
    async chat(request) {
      asked.push(request)
      const said = asked.length === 1 ? { content: null, ...message } : { content: 'Done.' }
      return { choices: [{ message: said }], attempts: [] } as never
    },
    async *streamChat(request) {
      asked.push(request)
      const said = asked.length === 1 ? deltas : [{ content: 'Done.' }]
      for (const delta of said) yield { ...head, choices: [{ index: 0, delta, finish_reason: null }] }
      const finish_reason = asked.length === 1 ? finish : 'stop'
      yield { ...head, choices: [{ index: 0, delta: {}, finish_reason }] }
      return { requestId: mintRequestId(0), cost: '0.01', isEstimated: false, provider: 'fake', attempts: [] }
    },
  }
}

const f = tool({ name: 'f', description: 'F.', parameters: z.object({ a: z.number() }), execute: ({ a }) => `${a}` })

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

test.each([...turns, spoken])('$what comes back with the message', async (turn) => {
  const { message } = await new SpekaLLM({ model: 'x', gateway: taking(turn) }).chat({ messages: hello })
  // By another model, which remembers nothing, and from a store.
  const stored = JSON.parse(JSON.stringify(message)) as LlamaMessage<SpekaMessageOptions>
  expect(toChatMessages([stored])).toEqual([{ role: 'assistant', content: '', ...turn.message }])
})

test.each(turns.flatMap((turn) => [false, true].map((stream) => ({ ...turn, stream }))))(
  '$what comes back after exec, streamed: $stream',
  async ({ stream, ...turn }) => {
    const gateway = taking(turn)
    const llm = new SpekaLLM({ model: 'x', gateway })
    const messages: LlamaMessage<SpekaMessageOptions>[] = [...hello]
    const { newMessages } = (await llm.exec({ messages, tools: [f], stream: stream as never })) as unknown as {
      newMessages: typeof messages | (() => typeof messages)
    }
    messages.push(...(typeof newMessages === 'function' ? newMessages() : newMessages))
    await llm.chat({ messages })
    expect(gateway.asked[1]?.messages.slice(1)).toEqual([
      { role: 'assistant', content: '', ...turn.message },
      { role: 'tool', tool_call_id: 'call_1', content: '1' },
    ])
  },
)

test.each(turns)('$what comes back in the work of an agent', async (turn) => {
  const gateway = taking(turn)
  const { data } = await agent({ llm: new SpekaLLM({ model: 'x', gateway }), tools: [f] }).run('Hello!')
  expect(data.result).toBe('Done.')
  expect(gateway.asked[1]?.messages).toContainEqual({ role: 'assistant', content: '', ...turn.message })
})

test('another call of the same id gets nothing of it', async () => {
  const gateway = taking(turns[0]!)
  const llm = new SpekaLLM({ model: 'x', gateway })
  await llm.chat({ messages: hello })
  const options = { toolCall: [{ id: 'call_1', name: 'f', input: { a: 2 } }] }
  await llm.chat({ messages: [...hello, { role: 'assistant', content: '', options }] })
  expect(gateway.asked[1]?.messages[1]?.tool_calls).toEqual([
    { ...called, function: { name: 'f', arguments: '{"a":2}' } },
  ])
})

const numbered = (number: number): ToolCall => ({ ...called, id: `call_${number}` })

test('the eldest of many turns is forgotten', () => {
  const memory = new TurnMemory()
  for (let number = 0; number <= 1000; number += 1)
    memory.remember(numbered(number), { carried: {}, call: signed('s') })
  expect([0, 1, 1000].map((number) => memory.recall(numbered(number)) !== undefined)).toEqual([false, true, true])
})

const streamed = async (turn: Turn): Promise<ChatResponseChunk<SpekaMessageOptions>[]> =>
  all(await new SpekaLLM({ model: 'x', gateway: taking(turn) }).chat({ messages: hello, stream: true }))

describe('a stream', () => {
  test('tells what the model thinks as it thinks it, and in the end what it signed', async () => {
    const chunks = await streamed(spoken)
    expect(chunks.map(({ delta, options }) => ({ delta, options }))).toEqual([
      { delta: '', options: { reasoning: 'H' } },
      { delta: '', options: { reasoning: 'm.' } },
      { delta: '42', options: undefined },
      { delta: '', options: signed('t') },
    ])
  })

  test('run by streamExec keeps its thoughts for the first word', async () => {
    const llm = new SpekaLLM({ model: 'x', gateway: taking(spoken) })
    const { stream, toolCalls } = await llm.streamExec({ messages: hello, tools: [f], stream: true })
    const chunks = await all(stream)
    expect(toolCalls).toEqual([])
    expect(chunks[0]).toMatchObject({ delta: '42', options: { reasoning: 'Hm.' } })
  })
})
