import OpenAI from 'openai'
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { conformingFetch, type ConformingFetch } from './support/conformance/conforming-fetch.ts'
import { eventually } from './support/eventually.ts'
import { json, startScriptedUpstream, type ScriptedUpstream, type Step } from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

type Usage = OpenAI.Responses.ResponseUsage & { cost: number; cost_details: { total: string } }
type Event = OpenAI.Responses.ResponseStreamEvent

const request = { model: 'speka/sandbox', input: 'Say hello to the world.' }
const getWeather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
}

let upstream: ScriptedUpstream
let app: StartedApp
let wire: ConformingFetch
let client: OpenAI

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  app = await startApp({
    providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
    models: { 'm/*': { targets: [{ provider: 'local' }], price: { input: '1', output: '1' } } },
  })
  wire = conformingFetch()
  // No retries of its own: what the gateway does not repeat fails here.
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0, fetch: wire })
})

afterEach(() => wire.verify())

afterAll(async () => {
  expect(wire.checked.get('response')).toBeGreaterThan(5)
  expect(wire.checked.get('response event')).toBeGreaterThan(100)
  await app?.close()
  await upstream?.close()
})

describe('the official OpenAI SDK for Node, a response', () => {
  test('has text, usage, cost and the id of its request', async () => {
    const response = await client.responses.create(request)
    expect(response).toMatchObject({ object: 'response', status: 'completed', model: 'speka/sandbox', error: null })
    expect(response.output_text).toContain('Say hello to the world.')
    const usage = response.usage as Usage
    expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens)
    expect(usage.cost).toBe(Number(usage.cost_details.total))
    expect(usage.cost).toBeGreaterThan(0)
    expect(response.id).toBe(`resp_${response._request_id}`)
  })

  test('is recorded under its own endpoint, and found by its id', async () => {
    const response = await client.responses.create(request)
    expect(app.settled.at(-1)).toMatchObject({ endpoint: 'responses', outcome: 'complete' })
    const found = await fetch(`${app.origin}/v1/generation?id=${response.id}`, {
      headers: { authorization: `Bearer ${app.liveKey}` },
    })
    expect(await found.json()).toMatchObject({ id: response._request_id, endpoint: 'responses' })
  })

  test('says the same as chat does, for the same money', async () => {
    const instructions = 'Be brief.'
    const response = await client.responses.create({ ...request, instructions })
    const answer = await client.chat.completions.create({
      model: request.model,
      messages: [
        { role: 'system', content: instructions },
        { role: 'user', content: request.input },
      ],
    })
    expect(response.output_text).toBe(answer.choices[0]?.message.content)
    expect((response.usage as Usage).cost).toBe((answer.usage as unknown as Usage).cost)
    expect(response.instructions).toBe(instructions)
  })

  test('comes although the upstream is limited twice', async () => {
    expect((await client.responses.create({ ...request, model: 'speka/sandbox:429x2' })).output_text).not.toBe('')
  })

  test('says that it was cut short', async () => {
    const response = await client.responses.create({ ...request, max_output_tokens: 4 })
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    expect(response.usage?.output_tokens).toBe(4)
  })

  test('goes on with a conversation that the caller keeps', async () => {
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'What is the weather in Oslo?' }]
    const first = await client.responses.create({ ...request, input, tools: [getWeather] })
    const [call] = first.output
    if (call?.type !== 'function_call') throw new Error('no function was called')
    expect(JSON.parse(call.arguments)).toEqual({ city: expect.any(String) })
    // As OpenAI's guides have it: what was put out goes in again, as it is.
    input.push(...(first.output as OpenAI.Responses.ResponseInput), {
      type: 'function_call_output',
      call_id: call.call_id,
      output: '4 degrees and clear',
    })
    const second = await client.responses.create({ ...request, input, tools: [getWeather] })
    expect(second.output_text).toContain('get_weather answered: 4 degrees and clear')
  })

  test('has arguments and answers that zod schemas read', async () => {
    const parameters = z.object({ city: z.string() })
    const called = await client.responses.parse({
      ...request,
      tools: [zodResponsesFunction({ name: 'get_weather', parameters })],
      tool_choice: { type: 'function', name: 'get_weather' },
    })
    expect(called.output[0]).toMatchObject({ type: 'function_call', parsed_arguments: { city: expect.any(String) } })
    const Weather = z.object({ city: z.string(), degrees: z.number().int(), clear: z.boolean() })
    const told = await client.responses.parse({ ...request, text: { format: zodTextFormat(Weather, 'weather') } })
    expect(Weather.safeParse(told.output_parsed)).toMatchObject({ success: true })
  })

  test.each([
    { asked: { previous_response_id: 'resp_1' }, param: 'previous_response_id' },
    { asked: { background: true }, param: 'background' },
    { asked: { tools: [{ type: 'web_search' as const }] }, param: 'tools[0].type' },
  ])('is refused when it needs what is not there: $param', async ({ asked, param }) => {
    const error: unknown = await client.responses.create({ ...request, ...asked }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(error).toMatchObject({ code: 'unsupported_parameter', param })
  })

  test('is refused to those without a key, and for models that nobody knows', async () => {
    await expect(client.withOptions({ apiKey: 'sk-none' }).responses.create(request)).rejects.toMatchObject({
      status: 401,
    })
    await expect(client.responses.create({ ...request, model: 'none' })).rejects.toMatchObject({
      code: 'model_not_found',
    })
  })
})

describe('the official OpenAI SDK for Node, a streamed response', () => {
  test('says piece by piece what it says at once, and costs the same', async () => {
    const whole = await client.responses.create(request)
    const events = await collect(await client.responses.create({ ...request, stream: true }))
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
    expect(textIn(events)).toBe(whole.output_text)
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error(`it ended with ${last?.type}`)
    expect(last.response.usage).toEqual(whole.usage)
    expect(last.response.output[0]).toMatchObject({ content: [{ text: whole.output_text }] })
  })

  test('is put together by the helper', async () => {
    const stream = client.responses.stream(request)
    const deltas: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta))
    const response = await stream.finalResponse()
    expect(response).toMatchObject({ status: 'completed', output_text: deltas.join('') })
    expect(response.usage?.output_tokens).toBe(deltas.length)
  })

  test('has calls with arguments that the helper reads', async () => {
    const parameters = z.object({ city: z.string() })
    const tools = [zodResponsesFunction({ name: 'get_weather', parameters })]
    const response = await client.responses.stream({ ...request, tools }).finalResponse()
    expect(response.output).toMatchObject([
      { type: 'function_call', name: 'get_weather', parsed_arguments: { city: expect.any(String) } },
    ])
  })

  test('says that it was cut short', async () => {
    const events = await collect(await client.responses.create({ ...request, max_output_tokens: 4, stream: true }))
    expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: { status: 'incomplete' } })
  })

  test.each(['cut@5', 'eof@5', 'garbage@5', 'error@5'])('raises after what had come: %s', async (fault) => {
    const events: Event[] = []
    const stream = await client.responses.create({ ...request, model: `speka/sandbox:${fault}`, stream: true })
    const error: unknown = await collect(stream, events).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OpenAI.APIError)
    expect(error).toMatchObject({
      code: expect.stringMatching(/^upstream_/),
      type: 'upstream_error',
      message: expect.stringMatching(/\.$/),
    })
    expect(events.filter((event) => event.type === 'response.output_text.delta')).toHaveLength(5)
    expect(app.settled.at(-1)).toMatchObject({ outcome: 'interrupted' })
  })

  test('raises in the helper too', async () => {
    const stream = client.responses.stream({ ...request, model: 'speka/sandbox:cut@5' })
    await expect(stream.finalResponse()).rejects.toThrow(OpenAI.APIError)
  })

  test('that broke has no event that could be taken for its end', async () => {
    const asked = { ...request, model: 'speka/sandbox:cut@5', stream: true }
    const response = await wire(`${app.origin}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
    const names = [...(await response.text()).matchAll(/^event: (\S+)$/gm)].map(([, name]) => name)
    expect(names.slice(-3)).toEqual(['response.output_text.delta', 'error', 'response.failed'])
  })

  test('that fails before its first piece is an error like any other', async () => {
    const failing = client.responses.create({ ...request, model: 'speka/sandbox:error@0', stream: true })
    await expect(failing).rejects.toMatchObject({ status: 502, type: 'upstream_error' })
  })

  test('can be left early: the upstream is closed, and the record says so', async () => {
    const stream = await client.responses.create({ ...request, model: 'speka/sandbox:slow', stream: true })
    for await (const event of stream) if (event.type === 'response.output_text.delta') break
    await eventually(() => app.settled.at(-1)?.outcome === 'cancelled', 'it is recorded')
  })
})

describe('the official OpenAI SDK for Node, a response of a model that thinks', () => {
  const message = {
    role: 'assistant',
    content: 'Four.',
    reasoning_content: 'Two and two.',
    tool_calls: [
      { id: 'call_a', type: 'function', function: { name: 'add', arguments: '{"a":2}' } },
      { id: 'call_b', type: 'function', function: { name: 'add', arguments: '{"b":2}' } },
    ],
  }
  const answer = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'any',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 },
  }
  const says: readonly Step[] = json(answer)

  test.each([{ stream: false }, { stream: true }])(
    'shows its reasoning, which goes back to it with the calls (streamed: $stream)',
    async ({ stream }) => {
      upstream.on('m/thinks', says)
      upstream.clear()
      const asked = { model: 'm/thinks', input: 'Two and two?' }
      const response = stream
        ? await client.responses.stream(asked).finalResponse()
        : await client.responses.create(asked)
      expect(response.output).toMatchObject([
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Two and two.' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'Four.' }] },
        { type: 'function_call', call_id: 'call_a', arguments: '{"a":2}' },
        { type: 'function_call', call_id: 'call_b', arguments: '{"b":2}' },
      ])
      await client.responses.create({ ...asked, input: response.output as OpenAI.Responses.ResponseInput })
      expect(JSON.parse((await upstream.request(1)).body)).toMatchObject({ messages: [message] })
    },
  )
})

async function collect(stream: AsyncIterable<Event>, events: Event[] = []): Promise<Event[]> {
  for await (const event of stream) events.push(event)
  return events
}

const textIn = (events: readonly Event[]): string =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')
