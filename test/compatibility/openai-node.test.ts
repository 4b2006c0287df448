import OpenAI, { toFile } from 'openai'
import { zodFunction, zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import type { StartedApp } from '../support/start-app.ts'
import { collect } from './collect.ts'
import { keptModel, keptWhere, startKeeping, wentOn } from './start-keeping.ts'
import { describeClient, installedVersions } from './clients.ts'
import { heard, hello, model, picture, pixel, question, recording, threat, weather, weatherIn } from './asked.ts'

const messages = [{ role: 'user' as const, content: hello }]
const request = { model, messages }

let app: StartedApp
let client: OpenAI

beforeAll(async () => {
  app = await startKeeping()
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0 })
})

afterAll(() => app?.close())

const wav = () => toFile(recording, 'a.wav', { type: 'audio/wav' })

describeClient('openai-node', installedVersions('openai'), ({ works }) => {
  works('chat.answer', async () => {
    const answer = await client.chat.completions.create(request)
    expect(answer.choices[0]?.message.content).toContain(hello)
  })

  works('chat.cost', async () => {
    const { data, response } = await client.chat.completions.create(request).withResponse()
    expect(data.usage).toMatchObject({ cost: Number(response.headers.get('x-speka-cost-usd')) })
  })

  works('chat.stream', async () => {
    const stream = client.chat.completions.stream(request)
    expect(await stream.finalContent()).toContain(hello)
  })

  works('chat.streamUsage', async () => {
    const stream = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } })
    expect((await stream.totalUsage()).completion_tokens).toBeGreaterThan(0)
  })

  works('chat.tools', async () => {
    const asked: unknown[] = []
    const run = client.chat.completions.runTools({
      model,
      messages: [{ role: 'user', content: question }],
      tools: [
        {
          type: 'function',
          function: {
            ...weather,
            parse: JSON.parse,
            function: (given: { city: string }) => (asked.push(given), weatherIn(given)),
          },
        },
      ],
    })
    expect(await run.finalContent()).toContain('4 degrees')
    expect(asked).toEqual([{ city: expect.any(String) }])
  })

  works('chat.streamTools', async () => {
    const tools = [zodFunction({ name: weather.name, parameters: z.object({ city: z.string() }) })]
    const answer = await client.chat.completions.stream({ ...request, tools }).finalChatCompletion()
    expect(answer.choices[0]?.message.tool_calls).toMatchObject([
      { function: { parsed_arguments: { city: expect.any(String) } } },
    ])
  })

  works('chat.schema', async () => {
    const answer = await client.chat.completions.parse({
      ...request,
      response_format: zodResponseFormat(z.object({ degrees: z.number() }), 'weather'),
    })
    expect(answer.choices[0]?.message.parsed).toEqual({ degrees: expect.any(Number) })
  })

  works('chat.image', async () => {
    const content = [
      { type: 'text' as const, text: hello },
      { type: 'image_url' as const, image_url: { url: picture } },
    ]
    const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] })
    expect(answer.choices[0]?.message.content).toContain('1 image')
  })

  works('chat.fallback', async () => {
    const asked = { ...request, model: `${model}:500`, models: [model] }
    expect((await client.chat.completions.create(asked)).model).toBe(model)
  })

  works('chat.error', async () => {
    const error = await client.chat.completions.create({ ...request, model: 'nobody/nothing' }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(OpenAI.NotFoundError)
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  })

  works('chat.broken', async () => {
    const stream = await client.chat.completions.create({ ...request, model: `${model}:cut@5`, stream: true })
    await expect(collect(stream)).rejects.toMatchObject({ type: 'upstream_error' })
  })

  works('responses.answer', async () => {
    const { output_text } = await client.responses.create({ model, input: hello })
    expect(output_text).toContain(hello)
  })

  works('responses.stream', async () => {
    const answer = await client.responses.stream({ model, input: hello }).finalResponse()
    expect(answer.output_text).toContain(hello)
  })

  works('responses.turns', async () => {
    const first = await client.responses.create({ model, input: question })
    const input = [
      { role: 'user' as const, content: question },
      ...first.output.filter((item) => item.type === 'message'),
      { role: 'user' as const, content: hello },
    ]
    expect((await client.responses.create({ model, input })).output_text).toContain(hello)
  })

  works('responses.tools', async () => {
    const tools = [{ type: 'function' as const, strict: false, ...weather }]
    const asked = await client.responses.create({ model, input: question, tools })
    const call = asked.output.find((item) => item.type === 'function_call')
    const told = await client.responses.create({
      model,
      tools,
      input: [
        { role: 'user', content: question },
        ...asked.output.filter((item) => item.type === 'function_call'),
        { type: 'function_call_output', call_id: call?.call_id ?? '', output: weatherIn({ city: 'Oslo' }) },
      ],
    })
    expect(told.output_text).toContain('4 degrees')
  })

  works('responses.schema', async () => {
    const format = zodTextFormat(z.object({ degrees: z.number() }), 'weather')
    const { output_parsed } = await client.responses.parse({ model, input: hello, text: { format } })
    expect(output_parsed).toEqual({ degrees: expect.any(Number) })
  })

  works('responses.image', async () => {
    const content = [
      { type: 'input_text' as const, text: hello },
      { type: 'input_image' as const, image_url: picture, detail: 'auto' as const },
    ]
    const { output_text } = await client.responses.create({ model, input: [{ role: 'user', content }] })
    expect(output_text).toContain('1 image')
  })

  works('responses.broken', async () => {
    const stream = await client.responses.create({ model: `${model}:cut@5`, input: hello, stream: true })
    await expect(collect(stream)).rejects.toMatchObject({ code: 'upstream_incomplete' })
  })

  works('responses.stored', keptWhere, async () => {
    const { id } = await client.responses.create({ model: keptModel, input: hello })
    const next = await client.responses.create({ model: keptModel, input: hello, previous_response_id: id })
    expect(next.output_text).toMatch(wentOn)
  })

  works('completions.answer', async () => {
    const { choices } = await client.completions.create({ model, prompt: hello, max_tokens: 100 })
    expect(choices[0]?.text).toContain(hello)
  })

  works('completions.stream', async () => {
    const chunks = await collect(await client.completions.create({ model, prompt: hello, stream: true }))
    expect(chunks.map(({ choices }) => choices[0]?.text).join('')).toContain(hello)
  })

  works('embeddings.texts', async () => {
    const { data } = await client.embeddings.create({ model, input: ['a cat', 'a dog'] })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([256, 256])
    expect(data[0]?.embedding[0]).toEqual(expect.any(Number))
  })

  works('embeddings.floats', async () => {
    const asked = { model, input: 'a cat' }
    const { data } = await client.embeddings.create({ ...asked, encoding_format: 'float' })
    const byDefault = await client.embeddings.create(asked)
    for (const [index, number] of (byDefault.data[0]?.embedding ?? []).entries())
      expect(data[0]?.embedding[index]).toBeCloseTo(number, 6)
  })

  works('embeddings.tokens', async () => {
    const { data } = await client.embeddings.create({
      model,
      input: [
        [64, 8415],
        [64, 5679],
      ],
    })
    expect(data).toHaveLength(2)
  })

  works('embeddings.dimensions', async () => {
    const { data } = await client.embeddings.create({ model, input: 'a cat', dimensions: 12 })
    expect(data[0]?.embedding).toHaveLength(12)
  })

  works('images.base64', async () => {
    const { data } = await client.images.generate({ model, prompt: 'a cat', response_format: 'b64_json' })
    expect(
      Buffer.from(data?.[0]?.b64_json ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  })

  works('images.url', async () => {
    const { data } = await client.images.generate({ model, prompt: 'a cat', response_format: 'url' })
    const image = await fetch(data?.[0]?.url ?? '')
    expect(image.headers.get('content-type')).toBe('image/png')
  })

  works('images.stream', async () => {
    const stream = await client.images.generate({ model, prompt: 'a cat', stream: true, partial_images: 2 })
    const events = await collect(stream)
    expect(events.map(({ type }) => type)).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ])
  })

  works('images.edit', async () => {
    const image = await toFile(Buffer.from(pixel, 'base64'), 'a.png', { type: 'image/png' })
    const { data } = await client.images.edit({ model, image, prompt: 'a hat', response_format: 'b64_json' })
    expect(data?.[0]?.b64_json).toMatch(/^iVBOR/)
  })

  works('images.editStream', async () => {
    const image = await toFile(Buffer.from(pixel, 'base64'), 'a.png', { type: 'image/png' })
    const stream = await client.images.edit({ model, image, prompt: 'a hat', stream: true, partial_images: 1 })
    const events = await collect(stream)
    expect(events.map(({ type }) => type)).toEqual(['image_edit.partial_image', 'image_edit.completed'])
  })

  works('audio.transcription', async () => {
    expect(await client.audio.transcriptions.create({ model, file: await wav() })).toMatchObject({ text: heard })
  })

  works('audio.words', async () => {
    const words = await client.audio.transcriptions.create({ model, file: await wav(), response_format: 'srt' })
    expect(words).toContain(`00:00:00,000 --> 00:00:01,000\n${heard}`)
  })

  works('audio.heard', async () => {
    const events = await collect(await client.audio.transcriptions.create({ model, file: await wav(), stream: true }))
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: heard })
  })

  works('audio.translation', async () => {
    expect(await client.audio.translations.create({ model, file: await wav() })).toMatchObject({ text: heard })
  })

  works('audio.speech', async () => {
    const sound = await client.audio.speech.create({ model, voice: 'alloy', input: hello, response_format: 'wav' })
    expect(Buffer.from(await sound.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF')
  })

  works('audio.spoken', 'read from the response, line by line', async () => {
    const events = await client.audio.speech.create({ model, voice: 'alloy', input: hello, stream_format: 'sse' })
    expect(await events.text()).toMatch(/"type":"speech\.audio\.delta"[^]*"type":"speech\.audio\.done"/)
  })

  works('audio.error', async () => {
    const none = client.audio.transcriptions.create({ model, file: await toFile(Buffer.from('no sound'), 'a.wav') })
    await expect(none).rejects.toMatchObject({ status: 400, param: 'file' })
  })

  works('moderations.texts', async () => {
    const { results } = await client.moderations.create({ model, input: [hello, threat] })
    expect(results.map(({ flagged }) => flagged)).toEqual([false, true])
  })

  works('moderations.picture', async () => {
    const input = [
      { type: 'text' as const, text: threat },
      { type: 'image_url' as const, image_url: { url: picture } },
    ]
    expect((await client.moderations.create({ model, input })).results).toMatchObject([{ flagged: true }])
  })

  works('models.list', async () => {
    expect((await collect(client.models.list())).map(({ id }) => id)).toContain(model)
  })

  works('models.one', async () => {
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' })
  })
})
