import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  heard,
  hello,
  model,
  picture,
  pixel,
  question,
  recording,
  threat,
  weather,
  weatherIn,
} from '../../compatibility/asked.ts'
import { describeClient } from '../../compatibility/clients.ts'
import { keptModel, keptWhere, startKeeping, wentOn } from '../../compatibility/start-keeping.ts'
import { runProgram } from '../../support/run-program.ts'
import type { StartedApp } from '../../support/start-app.ts'

let app: StartedApp

beforeAll(async () => {
  app = await startKeeping()
})

afterAll(() => app?.close())

interface Reply {
  readonly status: number
  readonly text: string
}

const curl = (path: string, body?: object): Promise<Reply> =>
  send(path, body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)])

/** A form, one of whose files is named `-`, which comes from a file of ours. */
async function form(path: string, fields: readonly string[], file: Buffer): Promise<Reply> {
  const folder = await mkdtemp(join(tmpdir(), 'speka-curl-'))
  const place = join(folder, 'file')
  await writeFile(place, file)
  try {
    return await send(
      path,
      fields.map((field) => field.replace('=@-', `=@${place}`)),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function send(path: string, sent: readonly string[]): Promise<Reply> {
  const key = ['-H', `Authorization: Bearer ${app.liveKey}`]
  const options = ['--silent', '--show-error', '--no-buffer', '--max-time', '30', '-w', '\n%{http_code}']
  const { stdout } = await runProgram('curl', [...options, ...key, ...sent, `${app.origin}/v1${path}`])
  const end = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) }
}

/** What is looked at in answers, whose shapes are held to OpenAI's description by the app. */
interface Answer {
  readonly id: string
  readonly model: string
  readonly choices: readonly [{ readonly text: string; readonly message: Message }]
  readonly usage: { readonly cost: number }
  readonly output: readonly [Item]
  readonly data: readonly {
    readonly id: string
    readonly embedding: readonly number[]
    readonly b64_json: string
    readonly url: string
  }[]
}

interface Message {
  readonly content: string
  readonly tool_calls: readonly [{ readonly id: string; readonly function: { readonly arguments: string } }]
}

interface Item {
  readonly content: readonly [{ readonly text: string }]
  readonly call_id: string
  readonly arguments: string
}

async function json(path: string, body?: object): Promise<Answer> {
  const { status, text } = await curl(path, body)
  expect(status).toBe(200)
  return JSON.parse(text) as Answer
}

/** The events of a stream, as text. */
async function events(path: string, body: object): Promise<string[]> {
  const { status, text } = await curl(path, { ...body, stream: true })
  expect(status).toBe(200)
  return text.split('\n').filter((line) => line.startsWith('data: '))
}

const messages = [{ role: 'user', content: hello }]
const chat = { model, messages }

const describeWithCurl = spawnSync('curl', ['--version']).status === 0 ? describe : describe.skip
describeWithCurl('plain', testCurl)

function testCurl(): void {
  describeClient('curl', {}, ({ works }) => {
    works('chat.answer', async () => {
      expect((await json('/chat/completions', chat)).choices[0].message.content).toContain(hello)
    })

    works('chat.cost', async () => {
      expect((await json('/chat/completions', chat)).usage.cost).toBeGreaterThan(0)
    })

    works('chat.stream', async () => {
      expect((await events('/chat/completions', chat)).at(-1)).toBe('data: [DONE]')
    })

    works('chat.streamUsage', async () => {
      const asked = { ...chat, stream_options: { include_usage: true } }
      expect((await events('/chat/completions', asked)).at(-2)).toContain('"cost"')
    })

    works('chat.tools', async () => {
      const asked = {
        model,
        messages: [{ role: 'user', content: question }],
        tools: [{ type: 'function', function: weather }],
      }
      const { message } = (await json('/chat/completions', asked)).choices[0]
      const [call] = message.tool_calls
      const result = { role: 'tool', tool_call_id: call.id, content: weatherIn(JSON.parse(call.function.arguments)) }
      const told = await json('/chat/completions', { ...asked, messages: [...asked.messages, message, result] })
      expect(told.choices[0].message.content).toContain('4 degrees')
    })

    works('chat.streamTools', async () => {
      const asked = { ...chat, tools: [{ type: 'function', function: weather }] }
      expect((await events('/chat/completions', asked)).join('')).toContain('"finish_reason":"tool_calls"')
    })

    works('chat.schema', async () => {
      const json_schema = { name: 'weather', schema: { type: 'object', properties: { degrees: { type: 'number' } } } }
      const asked = { ...chat, response_format: { type: 'json_schema', json_schema } }
      const answer = await json('/chat/completions', asked)
      expect(JSON.parse(answer.choices[0].message.content)).toEqual({ degrees: expect.any(Number) })
    })

    works('chat.image', async () => {
      const content = [
        { type: 'text', text: hello },
        { type: 'image_url', image_url: { url: picture } },
      ]
      const answer = await json('/chat/completions', { model, messages: [{ role: 'user', content }] })
      expect(answer.choices[0].message.content).toContain('1 image')
    })

    works('chat.fallback', async () => {
      expect((await json('/chat/completions', { ...chat, model: `${model}:500`, models: [model] })).model).toBe(model)
    })

    works('chat.error', async () => {
      const { status, text } = await curl('/chat/completions', { ...chat, model: 'nobody/nothing' })
      expect(status).toBe(404)
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'model_not_found', param: 'model' } })
    })

    works('chat.broken', 'in an event `{"error": …}`, with no `[DONE]` after it', async () => {
      const sent = await events('/chat/completions', { ...chat, model: `${model}:cut@5` })
      expect(sent.at(-1)).toContain('"code":"upstream_incomplete"')
    })

    works('responses.answer', async () => {
      expect((await json('/responses', { model, input: hello })).output[0].content[0].text).toContain(hello)
    })

    works('responses.stream', async () => {
      expect((await events('/responses', { model, input: hello })).at(-2)).toContain('"type":"response.completed"')
    })

    works('responses.turns', async () => {
      const first = await json('/responses', { model, input: question })
      const input = [{ role: 'user', content: question }, ...first.output, { role: 'user', content: hello }]
      expect((await json('/responses', { model, input })).output[0].content[0].text).toContain(hello)
    })

    works('responses.tools', async () => {
      const tools = [{ type: 'function', strict: false, ...weather }]
      const asked = [{ role: 'user', content: question }]
      const { output } = await json('/responses', { model, input: asked, tools })
      const [{ call_id, arguments: given }] = output
      const result = { type: 'function_call_output', call_id, output: weatherIn(JSON.parse(given)) }
      const told = await json('/responses', { model, input: [...asked, ...output, result], tools })
      expect(told.output[0].content[0].text).toContain('4 degrees')
    })

    works('responses.schema', async () => {
      const schema = { type: 'object', properties: { degrees: { type: 'number' } } }
      const text = { format: { type: 'json_schema', name: 'weather', schema } }
      const { output } = await json('/responses', { model, input: hello, text })
      expect(JSON.parse(output[0].content[0].text)).toEqual({ degrees: expect.any(Number) })
    })

    works('responses.image', async () => {
      const content = [
        { type: 'input_text', text: hello },
        { type: 'input_image', image_url: picture, detail: 'auto' },
      ]
      const { output } = await json('/responses', { model, input: [{ role: 'user', content }] })
      expect(output[0].content[0].text).toContain('1 image')
    })

    works('responses.broken', 'in the events `error` and `response.failed`', async () => {
      const sent = (await events('/responses', { model: `${model}:cut@5`, input: hello })).join('')
      expect(sent).toContain('"type":"error"')
      expect(sent).toContain('"type":"response.failed"')
    })

    works('responses.stored', keptWhere, async () => {
      const { id } = await json('/responses', { model: keptModel, input: hello })
      const next = await json('/responses', { model: keptModel, input: hello, previous_response_id: id })
      expect(next.output[0].content[0].text).toMatch(wentOn)
    })

    works('completions.answer', async () => {
      expect((await json('/completions', { model, prompt: hello, max_tokens: 100 })).choices[0].text).toContain(hello)
    })

    works('completions.stream', async () => {
      expect((await events('/completions', { model, prompt: hello })).at(-1)).toBe('data: [DONE]')
    })

    works('embeddings.texts', async () => {
      const { data } = await json('/embeddings', { model, input: ['a cat', 'a dog'] })
      expect(data.map(({ embedding }) => embedding.length)).toEqual([256, 256])
    })

    works('embeddings.floats', async () => {
      const { data } = await json('/embeddings', { model, input: 'a cat', encoding_format: 'float' })
      expect(data[0]?.embedding[0]).toEqual(expect.any(Number))
    })

    works('embeddings.tokens', async () => {
      expect(
        (
          await json('/embeddings', {
            model,
            input: [
              [64, 8415],
              [64, 5679],
            ],
          })
        ).data,
      ).toHaveLength(2)
    })

    works('embeddings.dimensions', async () => {
      expect((await json('/embeddings', { model, input: 'a cat', dimensions: 12 })).data[0]?.embedding).toHaveLength(12)
    })

    works('images.base64', async () => {
      const { data } = await json('/images/generations', { model, prompt: 'a cat' })
      expect(
        Buffer.from(data[0]?.b64_json ?? '', 'base64')
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG')
    })

    works('images.url', async () => {
      const { data } = await json('/images/generations', { model, prompt: 'a cat', response_format: 'url' })
      expect(data[0]?.url).toMatch(/^data:image\/png;base64,/)
    })

    works('images.stream', async () => {
      const sent = await events('/images/generations', { model, prompt: 'a cat', partial_images: 2 })
      expect(sent).toHaveLength(3)
      expect(sent.at(-1)).toContain('"type":"image_generation.completed"')
    })

    const edit = ['-F', `model=${model}`, '-F', 'prompt=a hat', '-F', `image=@-;filename=a.png;type=image/png`]
    const png = Buffer.from(pixel, 'base64')

    works('images.edit', async () => {
      const { text } = await form('/images/edits', edit, png)
      expect((JSON.parse(text) as Answer).data[0]?.b64_json).toMatch(/^iVBOR/)
    })

    works('images.editStream', async () => {
      const { text } = await form('/images/edits', ['-F', 'stream=true', ...edit], png)
      expect(text).toContain('"type":"image_edit.completed"')
    })

    const asked = ['-F', `model=${model}`, '-F', 'file=@-;filename=a.wav;type=audio/wav']

    works('audio.transcription', async () => {
      const { text } = await form('/audio/transcriptions', asked, recording)
      expect(JSON.parse(text)).toMatchObject({ text: heard })
    })

    works('audio.words', async () => {
      const { text } = await form('/audio/transcriptions', ['-F', 'response_format=srt', ...asked], recording)
      expect(text).toContain(`00:00:00,000 --> 00:00:01,000\n${heard}`)
    })

    works('audio.heard', async () => {
      const { text } = await form('/audio/transcriptions', ['-F', 'stream=true', ...asked], recording)
      expect(text).toContain('"type":"transcript.text.done"')
    })

    works('audio.translation', async () => {
      const { text } = await form('/audio/translations', asked, recording)
      expect(JSON.parse(text)).toMatchObject({ text: heard })
    })

    works('audio.speech', async () => {
      const { status, text } = await curl('/audio/speech', {
        model,
        voice: 'alloy',
        input: hello,
        response_format: 'wav',
      })
      expect([status, text.slice(0, 4)]).toEqual([200, 'RIFF'])
    })

    works('audio.spoken', async () => {
      const { text } = await curl('/audio/speech', { model, voice: 'alloy', input: hello, stream_format: 'sse' })
      expect(text).toContain('"type":"speech.audio.done"')
    })

    works('audio.error', 'with the status and the envelope', async () => {
      const { status, text } = await form('/audio/transcriptions', asked, Buffer.from('no sound'))
      expect([status, JSON.parse(text)]).toMatchObject([400, { error: { param: 'file' } }])
    })

    works('moderations.texts', async () => {
      const { status, text } = await curl('/moderations', { model, input: [hello, threat] })
      expect([status, JSON.parse(text)]).toMatchObject([200, { results: [{ flagged: false }, { flagged: true }] }])
    })

    works('moderations.picture', async () => {
      const input = [
        { type: 'text', text: threat },
        { type: 'image_url', image_url: { url: picture } },
      ]
      const { text } = await curl('/moderations', { model, input })
      expect(JSON.parse(text)).toMatchObject({ results: [{ flagged: true }] })
    })

    works('models.list', async () => {
      expect((await json('/models')).data.map(({ id }) => id)).toContain(model)
    })

    works('models.one', 'its slash raw or as `%2F`', async () => {
      expect((await json(`/models/${model}`)).id).toBe(model)
      expect((await json(`/models/${encodeURIComponent(model)}`)).id).toBe(model)
    })
  })
}
