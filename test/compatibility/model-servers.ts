import type OpenAI from 'openai'
import { collect } from './collect.ts'
import { type ServerFeature, serverFeatures } from './features.ts'
import { describeFindings, type Findable } from './find-out.ts'

/** All features but these. */
export const allBut = (...others: readonly ServerFeature[]): ServerFeature[] =>
  (Object.keys(serverFeatures) as ServerFeature[]).filter((feature) => !others.includes(feature))

const servers = { 'llama-cpp': 'llama.cpp server', ollama: 'Ollama' } as const

/** Runs the suite of a model server, which is a column of `docs/compatibility.md`. */
export function describeServer(
  id: keyof typeof servers,
  versions: Readonly<Record<string, string>>,
  suite: (find: Findable<ServerFeature>) => void,
): void {
  const place = Object.keys(servers).indexOf(id) + 1
  const features = new Map(Object.entries(serverFeatures) as [ServerFeature, string][])
  describeFindings({ id, name: servers[id], place, kind: 'model server', versions, features }, suite)
}

/** The gateway that has the server behind it, and what its models are called there. */
export interface BehindGateway {
  readonly client: OpenAI
  /** Says random words. */
  readonly wanderer: string
  /** Calls the tool `add`. */
  readonly caller: string
}

const messages = [{ role: 'user' as const, content: 'Tell me about the sea.' }]
const steady = { messages, temperature: 0, seed: 1, max_tokens: 20 }
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'add',
      description: 'Adds two numbers.',
      parameters: {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        required: ['a', 'b'],
      },
    },
  },
]
const called = { type: 'function', id: expect.any(String), function: { name: 'add', arguments: expect.any(String) } }
const LENGTH = 256

/** What every server is asked. Of each, the test that it works. */
export const asking: Readonly<Record<ServerFeature, (gateway: BehindGateway) => Promise<void>>> = {
  async answer({ client, wanderer }) {
    const answer = await client.chat.completions.create({ model: wanderer, ...steady })
    expect(answer.model).toBe(wanderer)
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { role: 'assistant' } })
    expect(answer.choices[0]?.message.content?.trim().split(' ')).toHaveLength(20)
  },

  async stream({ client, wanderer }) {
    const { choices } = await client.chat.completions.create({ model: wanderer, ...steady })
    const stream = client.chat.completions.stream({ model: wanderer, ...steady })
    expect(await stream.finalContent()).toBe(choices[0]?.message.content)
  },

  async usage({ client, wanderer }) {
    const { usage } = await client.chat.completions.create({ model: wanderer, ...steady })
    const asked = { model: wanderer, ...steady, stream_options: { include_usage: true } }
    const streamed = await client.chat.completions.stream(asked).totalUsage()
    expect(usage?.completion_tokens).toBe(20)
    expect(streamed.completion_tokens).toBe(20)
    expect(streamed.prompt_tokens).toBe(usage?.prompt_tokens)
  },

  async tools({ client, caller }) {
    const answer = await client.chat.completions.create({ model: caller, ...steady, tools })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [called] } })
    expect(argumentsIn(answer)).toEqual({ a: 2, b: 3 })
  },

  async streamTools({ client, caller }) {
    const answer = await client.chat.completions.stream({ model: caller, ...steady, tools }).finalChatCompletion()
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [called] } })
    expect(argumentsIn(answer)).toEqual({ a: 2, b: 3 })
  },

  async turns({ client, caller, wanderer }) {
    const asked = await client.chat.completions.create({ model: caller, ...steady, tools })
    const message = asked.choices[0]?.message
    if (message === undefined) throw new Error('There is no message.')
    const [call] = message.tool_calls ?? []
    const result = { role: 'tool' as const, tool_call_id: call?.id ?? '', content: '5' }
    const told = await client.chat.completions.create({
      ...steady,
      model: wanderer,
      messages: [...messages, message, result],
      tools,
    })
    expect(told.choices[0]?.message.content).not.toBe('')
  },

  async schema({ client, wanderer }) {
    const schema = {
      type: 'object',
      properties: { city: { enum: ['Oslo', 'Paris'] }, clear: { type: 'boolean' } },
      required: ['city', 'clear'],
      additionalProperties: false,
    }
    const answer = await client.chat.completions.create({
      ...steady,
      model: wanderer,
      max_tokens: 500,
      response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema } },
    })
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
      city: expect.stringMatching(/^(Oslo|Paris)$/),
      clear: expect.any(Boolean),
    })
  },

  async logprobs({ client, wanderer }) {
    const asked = { model: wanderer, ...steady, logprobs: true, top_logprobs: 2 }
    const { choices } = await client.chat.completions.create(asked)
    expect(choices[0]?.logprobs?.content).toHaveLength(20)
    const chunks = await collect(await client.chat.completions.create({ ...asked, stream: true }))
    expect(chunks.filter((chunk) => chunk.choices[0]?.logprobs?.content?.length)).toHaveLength(20)
  },

  async responses({ client, wanderer, caller }) {
    const { choices } = await client.chat.completions.create({ model: wanderer, ...steady })
    const asked = { model: wanderer, input: 'Tell me about the sea.', temperature: 0, max_output_tokens: 20 }
    expect((await client.responses.create(asked)).output_text).toBe(choices[0]?.message.content)
    const own = tools.map(({ function: made }) => ({ type: 'function' as const, strict: false, ...made }))
    const streamed = await client.responses.stream({ model: caller, input: 'Add.', tools: own }).finalResponse()
    expect(streamed.output).toMatchObject([{ type: 'function_call', name: 'add' }])
  },

  async completions({ client, wanderer }) {
    const asked = { model: wanderer, prompt: 'Tell me about the sea.', temperature: 0, max_tokens: 20 }
    const { choices } = await client.completions.create(asked)
    const chunks = await collect(await client.completions.create({ ...asked, stream: true }))
    expect(choices[0]?.text.trim().split(' ')).toHaveLength(20)
    expect(chunks.map((chunk) => chunk.choices[0]?.text).join('')).toBe(choices[0]?.text)
  },

  async embeddings({ client, wanderer }) {
    const input = ['a cat', 'a dog']
    const { data, usage } = await client.embeddings.create({ model: wanderer, input, encoding_format: 'float' })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([LENGTH, LENGTH])
    expect(usage.prompt_tokens).toBeGreaterThan(0)
  },

  async base64({ client, wanderer }) {
    const asked = { model: wanderer, input: 'a cat' }
    const floats = await client.embeddings.create({ ...asked, encoding_format: 'float' })
    const decoded = await client.embeddings.create(asked)
    for (const [index, number] of (decoded.data[0]?.embedding ?? []).entries())
      expect(floats.data[0]?.embedding[index]).toBeCloseTo(number, 5)
  },

  async tokens({ client, wanderer }) {
    const { data } = await client.embeddings.create({
      model: wanderer,
      input: [
        [64, 8415],
        [64, 5679],
      ],
    })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([LENGTH, LENGTH])
  },

  async dimensions({ client, wanderer }) {
    const { data } = await client.embeddings.create({ model: wanderer, input: 'a cat', dimensions: 8 })
    expect(data[0]?.embedding).toHaveLength(8)
  },
}

/** Vectors come in the length that they always have, whatever is asked for. */
export async function asksInVain({ client, wanderer }: BehindGateway): Promise<void> {
  const { data } = await client.embeddings.create({ model: wanderer, input: 'a cat', dimensions: 8 })
  expect(data[0]?.embedding).toHaveLength(LENGTH)
}

/** What the tool is called with. */
function argumentsIn({ choices }: OpenAI.ChatCompletion): unknown {
  const [call] = choices[0]?.message.tool_calls ?? []
  return call?.type === 'function' ? JSON.parse(call.function.arguments) : undefined
}
