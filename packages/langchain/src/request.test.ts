import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import type { ChatRequest } from '@speka/core'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import type { ChatSpekaCallOptions, ChatSpekaFields } from './chat-options.ts'
import { ChatSpeka } from './chat-speka.ts'
import { watchedGateway } from './gateway.fake.ts'
import { toChatMessages } from './messages.ts'

/** What is asked of the gateway. */
async function asked(
  fields: ChatSpekaFields,
  options: Partial<ChatSpekaCallOptions> = {},
): Promise<{ request: ChatRequest; options: object | undefined }> {
  const gateway = watchedGateway()
  await new ChatSpeka({ model: 'speka/sandbox', ...fields, gateway }).invoke('Hello!', options)
  return gateway.asked[0] as { request: ChatRequest; options: object | undefined }
}

const messages = [{ role: 'user', content: 'Hello!' }]

test('nothing is asked for that nobody wanted', async () => {
  const { request } = await asked({})
  expect(request).toEqual({ model: 'speka/sandbox', messages })
})

test.each<{ option: ChatSpekaFields & Partial<ChatSpekaCallOptions>; field: object }>([
  { option: { temperature: 0 }, field: { temperature: 0 } },
  { option: { topP: 0.5 }, field: { top_p: 0.5 } },
  { option: { maxTokens: 9 }, field: { max_tokens: 9 } },
  { option: { frequencyPenalty: 1 }, field: { frequency_penalty: 1 } },
  { option: { presencePenalty: 1 }, field: { presence_penalty: 1 } },
  { option: { logitBias: { '5': 1 } }, field: { logit_bias: { '5': 1 } } },
  { option: { logprobs: true, topLogprobs: 2 }, field: { logprobs: true, top_logprobs: 2 } },
  { option: { seed: 7 }, field: { seed: 7 } },
  { option: { n: 2 }, field: { n: 2 } },
  { option: { reasoningEffort: 'low' }, field: { reasoning_effort: 'low' } },
  { option: { user: 'u' }, field: { user: 'u' } },
  { option: { sessionId: 's' }, field: { session_id: 's' } },
  { option: { models: ['speka/sandbox:slow'] }, field: { models: ['speka/sandbox:slow'] } },
  { option: { provider: { sort: 'price' } }, field: { provider: { sort: 'price' } } },
  { option: { stop: ['.'] }, field: { stop: ['.'] } },
  { option: { modelKwargs: { top_k: 3 } }, field: { top_k: 3 } },
])('$option is asked for as $field, of the model and of a call', async ({ option, field }) => {
  expect((await asked(option)).request).toEqual({ model: 'speka/sandbox', messages, ...field })
  expect((await asked({}, option)).request).toEqual({ model: 'speka/sandbox', messages, ...field })
})

test('an option of the call wins over that of the model', async () => {
  const { request } = await asked({ temperature: 1, stop: ['a'] }, { temperature: 0, stop: ['b'] })
  expect(request).toMatchObject({ temperature: 0, stop: ['b'] })
})

test('an empty list of stops is none', async () => {
  expect((await asked({ stopSequences: [] })).request).not.toHaveProperty('stop')
})

test('how long it may take, what it may cost, and tags go beside the request', async () => {
  const { options } = await asked({ timeout: 5000, maxCostUsd: 0.05, tags: ['mine'] }, { tags: ['batch'] })
  expect(options).toMatchObject({ timeoutMs: 5000, maxCostUsd: '0.05', tags: ['mine', 'batch'] })
})

test('texts in the metadata are kept with the usage record; what LangChain adds is not text', async () => {
  const { request } = await asked({ metadata: { team: 'search', nested: { a: 1 } } })
  expect(request.metadata).toEqual({ team: 'search' })
})

/** What is asked with tools bound to the model. */
const bound = async (tools: object[], options = {}): Promise<ChatRequest> => {
  const gateway = watchedGateway()
  await new ChatSpeka({ model: 'speka/sandbox', gateway }).bindTools(tools, options).invoke('Hello!')
  return gateway.asked[0]?.request as ChatRequest
}

describe('tools', () => {
  const description = 'Adds two numbers.'
  const schema = z.object({ a: z.number(), b: z.number() })
  const parameters = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } }
  const add = tool(() => '', { name: 'add', description, schema })
  // LangChain's types and zod's disagree about optional properties that are exact.
  const schemaInOldZod = z3.object({ a: z3.number(), b: z3.number() }) as unknown as typeof schema
  const inOldZod = tool(() => '', { name: 'add', description, schema: schemaInOldZod })
  const onTheWire = { type: 'function', function: { name: 'add', description, parameters } }

  test.each([
    { what: 'of LangChain, with zod 4', given: add },
    { what: 'of LangChain, with zod 3', given: inOldZod },
    { what: 'as OpenAI has them', given: onTheWire },
  ])('$what are asked for as functions', async ({ given }) => {
    expect((await bound([given])).tools).toMatchObject([onTheWire])
  })

  test.each([
    { choice: 'any', field: 'required' },
    { choice: 'required', field: 'required' },
    { choice: 'auto', field: 'auto' },
    { choice: 'none', field: 'none' },
    { choice: 'add', field: { type: 'function', function: { name: 'add' } } },
    { choice: { type: 'function', function: { name: 'add' } }, field: { type: 'function', function: { name: 'add' } } },
  ])('the choice $choice is $field', async ({ choice, field }) => {
    expect((await bound([add], { tool_choice: choice })).tool_choice).toEqual(field)
  })

  test('may be strict, which changes no tool that was given', async () => {
    const request = await bound([onTheWire], { strict: true })
    expect(request.tools).toMatchObject([{ function: { name: 'add', strict: true } }])
    expect(onTheWire.function).not.toHaveProperty('strict')
  })

  test('may be called in parallel or not', async () => {
    expect(await bound([add], { parallel_tool_calls: false })).toMatchObject({ parallel_tool_calls: false })
  })

  test('of a kind that only a provider knows stay as they are', async () => {
    expect((await bound([{ type: 'web_search', depth: 2 }])).tools).toEqual([{ type: 'web_search', depth: 2 }])
  })
})

describe('messages', () => {
  const call = { id: 'call_1', name: 'add', args: { a: 1 }, type: 'tool_call' as const }
  const calls = [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }]

  test.each([
    { message: new SystemMessage('Be kind.'), sent: { role: 'system', content: 'Be kind.' } },
    { message: new HumanMessage('Hi'), sent: { role: 'user', content: 'Hi' } },
    {
      message: new AIMessage({ content: '', tool_calls: [call] }),
      sent: { role: 'assistant', content: '', tool_calls: calls },
    },
    {
      message: new ToolMessage({ content: '3', tool_call_id: 'call_1' }),
      sent: { role: 'tool', content: '3', tool_call_id: 'call_1' },
    },
    {
      message: new AIMessage({ content: 'Yes', additional_kwargs: { reasoning_content: 'Hm.' } }),
      sent: { role: 'assistant', content: 'Yes', reasoning_content: 'Hm.' },
    },
    {
      message: new AIMessage({
        content: [
          { type: 'reasoning', reasoning: 'Hm.' },
          { type: 'text', text: 'Yes' },
        ],
        response_metadata: { output_version: 'v1' },
      }),
      sent: { role: 'assistant', content: 'Yes', reasoning_content: 'Hm.' },
    },
    {
      message: new AIMessage({
        content: [{ type: 'reasoning', reasoning: 'Hm.' }, call],
        response_metadata: { output_version: 'v1' },
      }),
      sent: { role: 'assistant', content: null, tool_calls: calls, reasoning_content: 'Hm.' },
    },
    { message: new HumanMessage([{ type: 'text', text: 'Hi' }]), sent: { role: 'user', content: 'Hi' } },
  ])('$message.type: $sent', ({ message, sent }) => {
    expect(toChatMessages([message])).toEqual([sent])
  })

  test('several texts of a user stay apart', () => {
    const parts = [
      { type: 'text' as const, text: 'one' },
      { type: 'text' as const, text: 'two' },
    ]
    expect(toChatMessages([new HumanMessage(parts)])).toEqual([{ role: 'user', content: parts }])
  })

  test.each([
    {
      what: 'an address',
      image: { type: 'image', url: 'https://example.com/a.png' },
      url: 'https://example.com/a.png',
    },
    { what: 'bytes', image: { type: 'image', data: 'AAAA', mimeType: 'image/png' }, url: 'data:image/png;base64,AAAA' },
    { what: "OpenAI's own part", image: { type: 'image_url', image_url: { url: 'data:,' } }, url: 'data:,' },
  ])('an image as $what is an image part', ({ image, url }) => {
    const message = new HumanMessage({
      content: [{ type: 'text', text: 'Look:' }, image],
      ...(image.type === 'image' && { response_metadata: { output_version: 'v1' } }),
    })
    expect(toChatMessages([message])).toMatchObject([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look:' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ])
  })
})
