import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai'
import {
  embedMany,
  generateImage,
  generateSpeech,
  generateText,
  transcribe,
  isStepCount,
  Output,
  streamText,
  tool,
} from 'ai'
import { z } from 'zod'
import type { StartedApp } from '../support/start-app.ts'
import { closed, heard, hello, model, pixel, question, recording, weather, weatherIn } from './asked.ts'
import { describeClient, installedVersions } from './clients.ts'
import { collect } from './collect.ts'
import { keptModel, keptWhere, startKeeping, wentOn } from './start-keeping.ts'

// It comments on what models can do, on the console.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })

let app: StartedApp
let openai: OpenAIProvider

beforeAll(async () => {
  app = await startKeeping()
  openai = createOpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey })
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
const output = Output.object({ schema: z.object({ degrees: z.number() }) })
const seen = [
  {
    role: 'user' as const,
    content: [
      { type: 'text' as const, text: hello },
      { type: 'file' as const, mediaType: 'image/png', data: Buffer.from(pixel, 'base64') },
    ],
  },
]
const providerOptions = { openai: { store: false } }

describeClient('ai-sdk-openai', installedVersions('ai', '@ai-sdk/openai'), ({ works, lacks }) => {
  works('chat.answer', 'with `openai.chat(…)`', async () => {
    const { text } = await generateText({ model: openai.chat(model), prompt: hello, maxRetries })
    expect(text).toContain(hello)
  })

  works('chat.cost', 'in the header `x-speka-cost-usd` of `response.headers`', async () => {
    const { usage, response } = await generateText({ model: openai.chat(model), prompt: hello, maxRetries })
    expect(Number(response.headers?.['x-speka-cost-usd'])).toBeGreaterThan(0)
    expect(usage.raw).not.toHaveProperty('cost')
  })

  works('chat.stream', async () => {
    expect(await streamText({ model: openai.chat(model), prompt: hello, maxRetries }).text).toContain(hello)
  })

  works('chat.streamUsage', async () => {
    const { usage } = streamText({ model: openai.chat(model), prompt: hello, maxRetries })
    expect((await usage).outputTokens).toBeGreaterThan(0)
  })

  works('chat.tools', async () => {
    const answer = await generateText({
      model: openai.chat(model),
      prompt: question,
      tools,
      stopWhen: isStepCount(3),
      maxRetries,
    })
    expect(answer.steps).toHaveLength(2)
    expect(answer.text).toContain('4 degrees')
  })

  works('chat.streamTools', async () => {
    const { toolCalls } = streamText({ model: openai.chat(model), prompt: question, tools, maxRetries })
    expect(await toolCalls).toMatchObject([{ toolName: weather.name, input: { city: expect.any(String) } }])
  })

  works('chat.schema', async () => {
    const answer = await generateText({ model: openai.chat(model), prompt: hello, output, maxRetries })
    expect(answer.output).toEqual({ degrees: expect.any(Number) })
  })

  works('chat.image', async () => {
    const { text } = await generateText({ model: openai.chat(model), messages: seen, maxRetries })
    expect(text).toContain('1 image')
  })

  lacks(['chat.fallback'], 'it drops fields that OpenAI does not have')

  works('chat.error', async () => {
    const asked = generateText({ model: openai.chat('nobody/nothing'), prompt: hello, maxRetries })
    await expect(asked).rejects.toMatchObject({ statusCode: 404, data: { error: { code: 'model_not_found' } } })
  })

  works('chat.broken', async () => {
    await expect(parts(openai.chat(`${model}:cut@5`))).rejects.toMatchObject(closed)
  })

  works('responses.answer', async () => {
    const { text, usage } = await generateText({ model: openai(model), prompt: hello, maxRetries })
    expect(text).toContain(hello)
    expect(usage.raw).toMatchObject({ cost: expect.any(Number) })
  })

  works('responses.stream', async () => {
    expect(await streamText({ model: openai(model), prompt: hello, maxRetries }).text).toContain(hello)
  })

  works('responses.turns', 'with `providerOptions: { openai: { store: false } }`', async () => {
    const first = await generateText({ model: openai(model), prompt: question, maxRetries })
    const turns = [
      { role: 'user' as const, content: question },
      ...first.responseMessages,
      { role: 'user' as const, content: hello },
    ]
    const next = { model: openai(model), messages: turns, maxRetries }
    expect((await generateText({ ...next, providerOptions })).text).toContain(hello)
    // It would send earlier turns by the ids they have where they are kept.
    await expect(generateText(next)).rejects.toMatchObject({ statusCode: 400 })
  })

  works('responses.tools', async () => {
    const asked = { model: openai(model), prompt: question, tools, stopWhen: isStepCount(3), maxRetries }
    const answer = await generateText(asked)
    expect(answer.steps).toHaveLength(2)
    expect(answer.text).toContain('4 degrees')
  })

  works('responses.schema', async () => {
    const answer = await generateText({ model: openai(model), prompt: hello, output, maxRetries })
    expect(answer.output).toEqual({ degrees: expect.any(Number) })
  })

  works('responses.image', async () => {
    const { text } = await generateText({ model: openai(model), messages: seen, maxRetries })
    expect(text).toContain('1 image')
  })

  works('responses.broken', async () => {
    await expect(parts(openai(`${model}:cut@5`))).rejects.toMatchObject(closed)
  })

  works('responses.stored', keptWhere, async () => {
    const asked = { model: openai(keptModel), prompt: hello, maxRetries }
    const { providerMetadata } = await generateText(asked)
    const previousResponseId = String(providerMetadata?.['openai']?.['responseId'])
    const next = await generateText({ ...asked, providerOptions: { openai: { previousResponseId } } })
    expect(next.text).toMatch(wentOn)
  })

  works('completions.answer', async () => {
    const { text } = await generateText({ model: openai.completion(model), prompt: hello, maxRetries })
    expect(text).toContain('Say hello')
  })

  works('completions.stream', async () => {
    expect(await streamText({ model: openai.completion(model), prompt: hello, maxRetries }).text).toContain('Say hello')
  })

  works('embeddings.texts', async () => {
    const { embeddings } = await embedMany({ model: openai.embedding(model), values: ['a cat', 'a dog'], maxRetries })
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256])
  })

  works('embeddings.floats', async () => {
    const { embeddings } = await embedMany({ model: openai.embedding(model), values: ['a cat'], maxRetries })
    expect(embeddings[0]?.[0]).toEqual(expect.any(Number))
  })

  works('embeddings.dimensions', async () => {
    const { embeddings } = await embedMany({
      model: openai.embedding(model),
      values: ['a cat'],
      providerOptions: { openai: { dimensions: 12 } },
      maxRetries,
    })
    expect(embeddings[0]).toHaveLength(12)
  })

  works('images.base64', async () => {
    const { image } = await generateImage({ model: openai.image(model), prompt: 'a cat', maxRetries })
    expect(image.mediaType).toBe('image/png')
  })

  works('images.edit', 'with `images` in the `prompt`', async () => {
    const prompt = { text: 'a hat', images: [Buffer.from(pixel, 'base64')] }
    const { image } = await generateImage({ model: openai.image(model), prompt, maxRetries })
    expect(image.mediaType).toBe('image/png')
  })

  works('audio.transcription', async () => {
    expect((await transcribe({ model: openai.transcription(model), audio: recording, maxRetries })).text).toBe(heard)
  })

  works('audio.speech', async () => {
    const { audio } = await generateSpeech({
      model: openai.speech(model),
      text: hello,
      outputFormat: 'wav',
      maxRetries,
    })
    expect(Buffer.from(audio.uint8Array).toString('latin1', 0, 4)).toBe('RIFF')
  })

  works('audio.error', async () => {
    const audio = Buffer.from('no sound')
    const none = transcribe({ model: openai.transcription(model), audio, maxRetries })
    await expect(none).rejects.toMatchObject({ statusCode: 400 })
  })

  lacks([
    'embeddings.tokens',
    'images.url',
    'images.stream',
    'images.editStream',
    'audio.words',
    'audio.heard',
    'audio.translation',
    'audio.spoken',
    'moderations.texts',
    'moderations.picture',
    'models.list',
    'models.one',
  ])
})

/** All parts of a stream. The SDK gives an error as one of them; here it is thrown. */
async function parts(asked: Parameters<typeof streamText>[0]['model']): Promise<unknown[]> {
  const { stream } = streamText({ model: asked, prompt: hello, maxRetries, onError: () => undefined })
  const all = await collect(stream)
  const failed = all.find((part) => part.type === 'error')
  if (failed !== undefined) throw failed.error
  return all
}
