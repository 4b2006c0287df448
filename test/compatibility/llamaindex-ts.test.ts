import { OpenAI, OpenAIEmbedding, OpenAIResponses } from '@llamaindex/openai'
import type { StartedApp } from '../support/start-app.ts'
import { closed, hello, model, picture, question, weather, weatherIn } from './asked.ts'
import { describeClient, installedVersions } from './clients.ts'
import { collect } from './collect.ts'
import { keptModel, keptWhere, startKeeping, wentOn } from './start-keeping.ts'

let app: StartedApp
let connection: { apiKey: string; baseURL: string; maxRetries: number }
let chat: OpenAI
let responses: OpenAIResponses

beforeAll(async () => {
  app = await startKeeping()
  connection = { apiKey: app.liveKey, baseURL: `${app.origin}/v1`, maxRetries: 0 }
  chat = new OpenAI({ ...connection, model })
  responses = new OpenAIResponses({ ...connection, model })
})

afterAll(() => app?.close())

type Messages = Parameters<OpenAI['chat']>[0]['messages']
type Message = Messages[number]

const asking = (content: string): Messages => [{ role: 'user', content }]
const seen: Messages = [
  {
    role: 'user',
    content: [
      { type: 'text', text: hello },
      { type: 'image_url', image_url: { url: picture } },
    ],
  },
]
const tools = [{ metadata: weather, call: weatherIn }]

const textOf = async (answer: Promise<{ message: Message }>): Promise<string> => `${(await answer).message.content}`

const textIn = async (stream: Promise<AsyncIterable<{ delta: string }>>): Promise<string> =>
  (await collect(await stream)).map(({ delta }) => delta).join('')

/** What it says once the tool that it asks for has answered. */
async function afterTools(ask: (messages: Messages) => Promise<{ message: Message }>): Promise<string> {
  const { message } = await ask(asking(question))
  const calls = message.options !== undefined && 'toolCall' in message.options ? message.options.toolCall : []
  const results = calls.map(({ id, input }): Message => {
    const result = weatherIn(JSON.parse(`${input}`) as { city: string })
    return { role: 'user', content: result, options: { toolResult: { id, result, isError: false } } }
  })
  expect(results).toHaveLength(1)
  return textOf(ask([...asking(question), message, ...results]))
}

describeClient('llamaindex-ts', installedVersions('@llamaindex/openai'), ({ works, lacks }) => {
  works('chat.answer', async () => {
    expect(await textOf(chat.chat({ messages: asking(hello) }))).toContain(hello)
  })

  works('chat.cost', 'in `raw.usage`', async () => {
    const { raw } = await chat.chat({ messages: asking(hello) })
    expect(raw).toMatchObject({ usage: { cost: expect.any(Number) } })
  })

  works('chat.stream', async () => {
    expect(await textIn(chat.chat({ messages: asking(hello), stream: true }))).toContain(hello)
  })

  works('chat.streamUsage', 'with `stream_options` in `additionalChatOptions`', async () => {
    const stream = await chat.chat({
      messages: asking(hello),
      stream: true,
      additionalChatOptions: { stream_options: { include_usage: true } },
    })
    expect((await collect(stream)).at(-1)?.raw).toMatchObject({ usage: { cost: expect.any(Number) } })
  })

  works('chat.tools', async () => {
    expect(await afterTools((messages) => chat.chat({ messages, tools }))).toContain('4 degrees')
  })

  works('chat.streamTools', async () => {
    const chunks = await collect(await chat.chat({ messages: asking(question), tools, stream: true }))
    expect(chunks.at(-1)?.options).toMatchObject({
      toolCall: [{ name: weather.name, input: { city: expect.any(String) } }],
    })
  })

  works('chat.schema', 'in `additionalChatOptions`, as OpenAI words it', async () => {
    const json_schema = { name: 'weather', schema: { type: 'object', properties: { degrees: { type: 'number' } } } }
    const { message } = await chat.chat({
      messages: asking(hello),
      additionalChatOptions: { response_format: { type: 'json_schema', json_schema } },
    })
    expect(JSON.parse(`${message.content}`)).toEqual({ degrees: expect.any(Number) })
  })

  works('chat.image', async () => {
    expect(await textOf(chat.chat({ messages: seen }))).toContain('1 image')
  })

  works('chat.fallback', 'in `additionalChatOptions`', async () => {
    const additionalChatOptions: object = { models: [model] }
    const llm = new OpenAI({ ...connection, model: `${model}:500`, additionalChatOptions })
    expect(await textOf(llm.chat({ messages: asking(hello) }))).toContain(hello)
  })

  works('chat.error', async () => {
    const llm = new OpenAI({ ...connection, model: 'nobody/nothing' })
    const asked = llm.chat({ messages: asking(hello) })
    await expect(asked).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })

  works('chat.broken', async () => {
    const llm = new OpenAI({ ...connection, model: `${model}:cut@5` })
    await expect(textIn(llm.chat({ messages: asking(hello), stream: true }))).rejects.toMatchObject(closed)
  })

  works('responses.answer', 'with `OpenAIResponses`', async () => {
    expect(await textOf(responses.chat({ messages: asking(hello) }))).toContain(hello)
  })

  works('responses.stream', async () => {
    expect(await textIn(responses.chat({ messages: asking(hello), stream: true }))).toContain(hello)
  })

  works('responses.turns', async () => {
    const { message } = await responses.chat({ messages: asking(question) })
    const messages = [...asking(question), message, ...asking(hello)]
    expect(await textOf(responses.chat({ messages }))).toContain(hello)
  })

  works('responses.tools', async () => {
    expect(await afterTools((messages) => responses.chat({ messages, tools }))).toContain('4 degrees')
  })

  works('responses.schema', 'with `text` in `additionalChatOptions`, as OpenAI words it', async () => {
    const schema = { type: 'object', properties: { degrees: { type: 'number' } } }
    const { message } = await responses.chat({
      messages: asking(hello),
      additionalChatOptions: { text: { format: { type: 'json_schema', name: 'weather', schema } } },
    })
    expect(JSON.parse(`${message.content}`)).toEqual({ degrees: expect.any(Number) })
  })

  works('responses.image', async () => {
    expect(await textOf(responses.chat({ messages: seen }))).toContain('1 image')
  })

  works('responses.broken', async () => {
    const llm = new OpenAIResponses({ ...connection, model: `${model}:cut@5` })
    await expect(textIn(llm.chat({ messages: asking(hello), stream: true }))).rejects.toMatchObject(closed)
  })

  works('responses.stored', `with \`trackPreviousResponses\`, behind a stream, and ${keptWhere}`, async () => {
    const keeping = new OpenAIResponses({ ...connection, model: keptModel, trackPreviousResponses: true })
    await textIn(keeping.chat({ messages: asking(hello), stream: true }))
    expect(await textOf(keeping.chat({ messages: asking(hello) }))).toMatch(wentOn)
  })

  works('embeddings.texts', async () => {
    const vectors = await new OpenAIEmbedding({ ...connection, model }).getTextEmbeddings(['a cat', 'a dog'])
    expect(vectors.map(({ length }) => length)).toEqual([256, 256])
  })

  works('embeddings.dimensions', async () => {
    const vector = await new OpenAIEmbedding({ ...connection, model, dimensions: 12 }).getTextEmbedding('a cat')
    expect(vector).toHaveLength(12)
  })

  lacks([
    'completions.answer',
    'completions.stream',
    'embeddings.floats',
    'embeddings.tokens',
    'images.base64',
    'images.url',
    'images.stream',
    'images.edit',
    'images.editStream',
    'audio.transcription',
    'audio.words',
    'audio.heard',
    'audio.translation',
    'audio.speech',
    'audio.spoken',
    'audio.error',
    'moderations.texts',
    'moderations.picture',
    'models.list',
    'models.one',
  ])
})
