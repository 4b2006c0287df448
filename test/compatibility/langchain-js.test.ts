import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI, DallEAPIWrapper, OpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { createAgent, openAIModerationMiddleware } from 'langchain'
import { z } from 'zod'
import type { StartedApp } from '../support/start-app.ts'
import { closed, hello, model, picture, question, threat, weather, weatherIn } from './asked.ts'
import { describeClient, installedVersions } from './clients.ts'
import { collect } from './collect.ts'
import { keptModel, keptWhere, startKeeping, wentOn } from './start-keeping.ts'

let app: StartedApp
let connection: { apiKey: string; configuration: { baseURL: string }; maxRetries: number }
let drawing: ConstructorParameters<typeof DallEAPIWrapper>[0] & object
let chat: ChatOpenAI
let responses: ChatOpenAI

beforeAll(async () => {
  app = await startKeeping()
  connection = { apiKey: app.liveKey, configuration: { baseURL: `${app.origin}/v1` }, maxRetries: 0 }
  drawing = { apiKey: app.liveKey, baseUrl: `${app.origin}/v1`, model }
  chat = new ChatOpenAI({ ...connection, model })
  responses = new ChatOpenAI({ ...connection, model, useResponsesApi: true })
})

afterAll(() => app?.close())

const tools = [{ type: 'function' as const, function: weather }]
const schema = z.object({ degrees: z.number() })
const seen = [
  new HumanMessage({
    content: [
      { type: 'text', text: hello },
      { type: 'image_url', image_url: { url: picture } },
    ],
  }),
]

/** What it says once the tool that it asks for has answered. */
async function afterTools(llm: ChatOpenAI): Promise<string> {
  const bound = llm.bindTools(tools)
  const asked = await bound.invoke(question)
  const results = (asked.tool_calls ?? []).map(
    ({ id = '', args }) => new ToolMessage({ tool_call_id: id, content: weatherIn(args as { city: string }) }),
  )
  return (await bound.invoke([new HumanMessage(question), asked, ...results])).text
}

async function streamed(llm: ChatOpenAI): Promise<string> {
  return (await collect(await llm.stream(hello))).map(({ text }) => text).join('')
}

describeClient('langchain-js', installedVersions('@langchain/core', '@langchain/openai'), ({ works, lacks }) => {
  works('chat.answer', async () => {
    expect((await chat.invoke(hello)).text).toContain(hello)
  })

  works('chat.cost', 'in `response_metadata.usage`', async () => {
    const { response_metadata } = await chat.invoke(hello)
    expect(response_metadata['usage']).toMatchObject({ cost: expect.any(Number) })
  })

  works('chat.stream', async () => {
    expect(await streamed(chat)).toContain(hello)
  })

  works('chat.streamUsage', async () => {
    const chunks = await collect(await chat.stream(hello))
    const usage_metadata = expect.objectContaining({ output_tokens: expect.any(Number) })
    expect(chunks).toContainEqual(expect.objectContaining({ usage_metadata }))
  })

  works('chat.tools', async () => {
    expect(await afterTools(chat)).toContain('4 degrees')
  })

  works('chat.streamTools', async () => {
    const chunks = await collect(await chat.bindTools(tools).stream(question))
    const whole = chunks.reduce((one, next) => one.concat(next))
    expect(whole.tool_calls).toMatchObject([{ name: weather.name, args: { city: expect.any(String) } }])
  })

  works('chat.schema', async () => {
    const answer = await chat.withStructuredOutput(schema).invoke(hello)
    expect(answer).toEqual({ degrees: expect.any(Number) })
  })

  works('chat.image', async () => {
    expect((await chat.invoke(seen)).text).toContain('1 image')
  })

  works('chat.fallback', 'in `modelKwargs`', async () => {
    const llm = new ChatOpenAI({ ...connection, model: `${model}:500`, modelKwargs: { models: [model] } })
    expect((await llm.invoke(hello)).text).toContain(hello)
  })

  works('chat.error', async () => {
    const llm = new ChatOpenAI({ ...connection, model: 'nobody/nothing' })
    await expect(llm.invoke(hello)).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })

  works('chat.broken', async () => {
    await expect(streamed(new ChatOpenAI({ ...connection, model: `${model}:cut@5` }))).rejects.toMatchObject(closed)
  })

  works('responses.answer', 'with `useResponsesApi: true`', async () => {
    expect((await responses.invoke(hello)).text).toContain(hello)
  })

  works('responses.stream', async () => {
    expect(await streamed(responses)).toContain(hello)
  })

  works('responses.turns', async () => {
    const first = await responses.invoke(question)
    const turns = [new HumanMessage(question), first, new HumanMessage(hello)]
    expect((await responses.invoke(turns)).text).toContain(hello)
  })

  works('responses.tools', async () => {
    expect(await afterTools(responses)).toContain('4 degrees')
  })

  works('responses.schema', async () => {
    const answer = await responses.withStructuredOutput(schema).invoke(hello)
    expect(answer).toEqual({ degrees: expect.any(Number) })
  })

  works('responses.image', async () => {
    expect((await responses.invoke(seen)).text).toContain('1 image')
  })

  works('responses.broken', async () => {
    const llm = new ChatOpenAI({ ...connection, model: `${model}:cut@5`, useResponsesApi: true })
    await expect(streamed(llm)).rejects.toMatchObject(closed)
  })

  works('responses.stored', keptWhere, async () => {
    const keeping = new ChatOpenAI({ ...connection, model: keptModel, useResponsesApi: true })
    const { id = '' } = await keeping.invoke(hello)
    expect((await keeping.invoke(hello, { previous_response_id: id })).text).toMatch(wentOn)
  })

  works('completions.answer', 'with the class `OpenAI`', async () => {
    expect(await new OpenAI({ ...connection, model }).invoke(hello)).toContain(hello)
  })

  works('completions.stream', async () => {
    expect((await collect(await new OpenAI({ ...connection, model }).stream(hello))).join('')).toContain(hello)
  })

  works('embeddings.texts', async () => {
    const embeddings = new OpenAIEmbeddings({ ...connection, model })
    const vectors = await embeddings.embedDocuments(['a cat', 'a dog'])
    expect(vectors.map(({ length }) => length)).toEqual([256, 256])
  })

  works('embeddings.floats', async () => {
    const embeddings = new OpenAIEmbeddings({ ...connection, model, encodingFormat: 'float' })
    expect((await embeddings.embedQuery('a cat'))[0]).toEqual(expect.any(Number))
  })

  works('embeddings.dimensions', async () => {
    const embeddings = new OpenAIEmbeddings({ ...connection, model, dimensions: 12 })
    expect(await embeddings.embedQuery('a cat')).toHaveLength(12)
  })

  works('images.base64', 'with `DallEAPIWrapper`', async () => {
    const draw = new DallEAPIWrapper({ ...drawing, responseFormat: 'b64_json' })
    expect(await draw.invoke('a cat')).toMatch(/^iVBOR/)
  })

  works('images.url', async () => {
    expect(await new DallEAPIWrapper(drawing).invoke('a cat')).toMatch(/^data:image/)
  })

  works('moderations.texts', 'with `openAIModerationMiddleware`', async () => {
    const middleware = [openAIModerationMiddleware({ model: chat })]
    const agent = createAgent({ model: chat, tools: [], middleware })
    const answers: string[] = []
    for (const content of [hello, threat]) {
      const { messages } = await agent.invoke({ messages: [{ role: 'user', content }] })
      answers.push(messages.at(-1)?.text ?? '')
    }
    expect(answers).toEqual([expect.stringContaining(hello), expect.stringContaining('flagged for')])
  })

  lacks([
    'embeddings.tokens',
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
    'moderations.picture',
    'models.list',
    'models.one',
  ])
})
