import type { ChatModelStreamEvent } from '@langchain/core/language_models/event'
import { createGateway } from '@speka/core/node'
import { ChatSpeka } from './chat-speka.ts'
import { gatewayStreaming, watchedGateway } from './gateway.fake.ts'
import { SpekaCostHandler } from './speka-cost-handler.ts'

const sandbox = 'speka/sandbox'
const model = new ChatSpeka({ model: sandbox, gateway: createGateway({ config: {} }) })

const eventsOf = async (stream: AsyncIterable<ChatModelStreamEvent>): Promise<ChatModelStreamEvent[]> => {
  const events: ChatModelStreamEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

test('a message begins, has blocks, and ends with who answered and what it cost', async () => {
  const events = await eventsOf(model.streamEvents('Hello!'))
  expect(events[0]).toMatchObject({ event: 'message-start', id: expect.stringContaining('speka-') })
  const text = events.flatMap((event) =>
    event.event === 'content-block-delta' && 'text' in event.delta ? event.delta.text : [],
  )
  expect(text.join('')).toContain('You said: "Hello!"')
  expect(events.at(-1)).toMatchObject({
    event: 'message-finish',
    reason: 'stop',
    usage: { total_tokens: 25 },
    responseMetadata: { model: sandbox, model_name: sandbox, cost: '0.0000044', attempts: [{ outcome: 'answered' }] },
  })
})

test('usage comes once before the end, and once with it', async () => {
  const events = await eventsOf(model.streamEvents('Hello!'))
  expect(events.filter(({ event }) => event === 'usage')).toHaveLength(1)
})

test('text, usage and the whole message can be had by themselves', async () => {
  const stream = model.streamEvents('Hello!')
  expect(await stream.text).toContain('Hello!')
  expect(await stream.usage).toMatchObject({ total_tokens: 25 })
  expect((await stream).response_metadata).toMatchObject({ model: sandbox, cost: '0.0000044' })
})

test('reasoning is a block of its own, in front', async () => {
  const gateway = gatewayStreaming([{ reasoning_content: 'Six ' }, { reasoning: 'times.' }, { content: '42' }])
  const stream = new ChatSpeka({ model: 'x', gateway }).streamEvents('?')
  expect(await stream.reasoning).toBe('Six times.')
  expect((await stream).contentBlocks).toEqual([
    { type: 'reasoning', reasoning: 'Six times.' },
    { type: 'text', text: '42' },
  ])
})

test.each([
  { what: 'in pieces', pieces: ['{"a"', ':1}'], args: { a: 1 } },
  { what: 'with nothing at all', pieces: [''], args: {} },
])('a tool call whose arguments come $what is a tool call', async ({ pieces, args }) => {
  const [first = '', ...others] = pieces
  const gateway = gatewayStreaming(
    [
      { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: first } }] },
      ...others.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    ],
    'tool_calls',
  )
  const message = await new ChatSpeka({ model: 'x', gateway }).streamEvents('?')
  expect(message.tool_calls).toMatchObject([{ id: 'call_1', name: 'f', args }])
})

test('a call of broken arguments stays broken', async () => {
  const call = { index: 0, id: 'call_1', type: 'function' as const, function: { name: 'f', arguments: '{"a' } }
  const events = await eventsOf(
    new ChatSpeka({ model: 'x', gateway: gatewayStreaming([{ tool_calls: [call] }]) }).streamEvents('?'),
  )
  expect(events).toContainEqual(
    expect.objectContaining({ content: expect.objectContaining({ type: 'invalid_tool_call' }) }),
  )
})

test('a stream that breaks fails, whatever is awaited', async () => {
  const broken = new ChatSpeka({ model: 'speka/sandbox:cut@5', gateway: createGateway({ config: {} }) })
  const stream = broken.streamEvents('Hello!')
  await expect(stream.text).rejects.toMatchObject({ status: 502 })
  await expect(stream).rejects.toMatchObject({ code: expect.stringMatching(/^upstream_/) })
})

test('callbacks of the call are told the cost, though LangChain tells them nothing here', async () => {
  const costs = new SpekaCostHandler()
  await model.streamEvents('Hello!', { callbacks: [costs] })
  expect(costs.totalUsd).toBe('0.0000044')
})

test('the events of version 2 tell the same', async () => {
  const gateway = watchedGateway()
  const names: string[] = []
  let end: unknown
  for await (const { event, data } of new ChatSpeka({ model: sandbox, gateway }).streamEvents('Hello!', {
    version: 'v2',
  })) {
    names.push(event)
    if (event === 'on_chat_model_end') end = data.output
  }
  expect(names[0]).toBe('on_chat_model_start')
  expect(names.filter((name) => name === 'on_chat_model_stream').length).toBeGreaterThan(10)
  expect(end).toMatchObject({ response_metadata: { cost: '0.0000044' }, usage_metadata: { total_tokens: 25 } })
})
