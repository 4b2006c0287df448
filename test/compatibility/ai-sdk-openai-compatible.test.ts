import { createOpenAICompatible, type OpenAICompatibleProvider } from '@ai-sdk/openai-compatible'
import { embedMany, generateImage, generateText, isStepCount, Output, streamText, tool } from 'ai'
import { z } from 'zod'
import { startApp, type StartedApp } from '../support/start-app.ts'
import { hello, model, pixel, question, weather, weatherIn } from './asked.ts'
import { describeClient, installedVersions } from './clients.ts'
import { collect } from './collect.ts'

// It comments on what models can do, on the console.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })

let app: StartedApp
let speka: OpenAICompatibleProvider

beforeAll(async () => {
  app = await startApp()
  const settings = { name: 'speka', baseURL: `${app.origin}/v1`, apiKey: app.liveKey }
  speka = createOpenAICompatible({ ...settings, includeUsage: true, supportsStructuredOutputs: true })
})

afterAll(() => app?.close())

const maxRetries = 0
const tools = {
  [weather.name]: tool({
    description: weather.description,
    inputSchema: z.object({ city: z.string() }),
    execute: async (given) => weatherIn(given),
  }),
}
const versions = installedVersions('ai', '@ai-sdk/openai-compatible')

describeClient('ai-sdk-openai-compatible', versions, ({ works, lacks }) => {
  works('chat.answer', async () => {
    expect((await generateText({ model: speka(model), prompt: hello, maxRetries })).text).toContain(hello)
  })

  works('chat.cost', 'in `usage.raw`', async () => {
    const { usage } = await generateText({ model: speka(model), prompt: hello, maxRetries })
    expect(usage.raw).toMatchObject({ cost: expect.any(Number) })
  })

  works('chat.stream', async () => {
    expect(await streamText({ model: speka(model), prompt: hello, maxRetries }).text).toContain(hello)
  })

  works('chat.streamUsage', 'with `includeUsage: true`', async () => {
    const { usage } = streamText({ model: speka(model), prompt: hello, maxRetries })
    expect((await usage).outputTokens).toBeGreaterThan(0)
    expect((await usage).raw).toMatchObject({ cost: expect.any(Number) })
  })

  works('chat.tools', async () => {
    const answer = await generateText({
      model: speka(model),
      prompt: question,
      tools,
      stopWhen: isStepCount(3),
      maxRetries,
    })
    expect(answer.steps).toHaveLength(2)
    expect(answer.text).toContain('4 degrees')
  })

  works('chat.streamTools', async () => {
    const { toolCalls } = streamText({ model: speka(model), prompt: question, tools, maxRetries })
    expect(await toolCalls).toMatchObject([{ toolName: weather.name, input: { city: expect.any(String) } }])
  })

  works('chat.schema', 'with `supportsStructuredOutputs: true`', async () => {
    const output = Output.object({ schema: z.object({ degrees: z.number() }) })
    const answer = await generateText({ model: speka(model), prompt: hello, output, maxRetries })
    expect(answer.output).toEqual({ degrees: expect.any(Number) })
  })

  works('chat.image', async () => {
    const content = [
      { type: 'text' as const, text: hello },
      { type: 'file' as const, mediaType: 'image/png', data: Buffer.from(pixel, 'base64') },
    ]
    const { text } = await generateText({ model: speka(model), messages: [{ role: 'user', content }], maxRetries })
    expect(text).toContain('1 image')
  })

  works('chat.fallback', 'in `providerOptions`, under the name of the provider', async () => {
    const { text } = await generateText({
      model: speka(`${model}:500`),
      prompt: hello,
      providerOptions: { speka: { models: [model] } },
      maxRetries,
    })
    expect(text).toContain(hello)
  })

  works('chat.error', async () => {
    const asked = generateText({ model: speka('nobody/nothing'), prompt: hello, maxRetries })
    await expect(asked).rejects.toMatchObject({ statusCode: 404, data: { error: { code: 'model_not_found' } } })
  })

  works('chat.broken', async () => {
    const asked = { model: speka(`${model}:cut@5`), prompt: hello, maxRetries, onError: () => undefined }
    const parts = await collect(streamText(asked).stream)
    expect(parts.find(({ type }) => type === 'error')).toBeDefined()
  })

  works('completions.answer', async () => {
    const { text } = await generateText({ model: speka.completionModel(model), prompt: hello, maxRetries })
    expect(text).toContain('Say hello')
  })

  works('completions.stream', async () => {
    const { text } = streamText({ model: speka.completionModel(model), prompt: hello, maxRetries })
    expect(await text).toContain('Say hello')
  })

  works('embeddings.texts', async () => {
    const values = ['a cat', 'a dog']
    const { embeddings } = await embedMany({ model: speka.embeddingModel(model), values, maxRetries })
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256])
  })

  works('embeddings.floats', async () => {
    const { embeddings } = await embedMany({ model: speka.embeddingModel(model), values: ['a cat'], maxRetries })
    expect(embeddings[0]?.[0]).toEqual(expect.any(Number))
  })

  works('embeddings.dimensions', async () => {
    const { embeddings } = await embedMany({
      model: speka.embeddingModel(model),
      values: ['a cat'],
      providerOptions: { speka: { dimensions: 12 } },
      maxRetries,
    })
    expect(embeddings[0]).toHaveLength(12)
  })

  works('images.base64', async () => {
    const { image } = await generateImage({ model: speka.imageModel(model), prompt: 'a cat', maxRetries })
    expect(image.mediaType).toBe('image/png')
  })

  works('images.edit', 'with `images` in the `prompt`', async () => {
    const prompt = { text: 'a hat', images: [Buffer.from(pixel, 'base64')] }
    const { image } = await generateImage({ model: speka.imageModel(model), prompt, maxRetries })
    expect(image.mediaType).toBe('image/png')
  })

  lacks([
    'responses.answer',
    'responses.stream',
    'responses.turns',
    'responses.tools',
    'responses.schema',
    'responses.image',
    'responses.broken',
    'responses.stored',
    'embeddings.tokens',
    'images.url',
    'images.stream',
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
