import { createGateway, SpekaError, type ChatChunk, type Gateway, type UsageRecord } from '@speka/core/node'
import { spawnGateway, type Gateway as Server } from './support/spawn-gateway.ts'

const messages = [{ role: 'user', content: 'Hello!' }]

describe('a gateway in process that goes through a server', () => {
  let server: Server
  let speka: Gateway
  const records: UsageRecord[] = []

  beforeAll(async () => {
    server = await spawnGateway()
    const keep = records.push.bind(records)
    speka = createGateway({ apiKey: server.key, baseURL: server.baseURL, onUsage: (record) => void keep(record) })
  })

  afterAll(() => server?.close())

  const recordOf = async (id: string | undefined): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server.baseURL}/generation?id=${id}`, {
      headers: { authorization: `Bearer ${server.key}` },
    })
    return (await response.json()) as Record<string, unknown>
  }

  const attempts = [
    { model: 'speka/sandbox:500', provider: 'sandbox', outcome: 'transient', status: 500 },
    { model: 'speka/sandbox', provider: 'sandbox', outcome: 'answered', status: 200 },
  ]

  test("names the model that the server chose, at the server's price, after the server's attempts", async () => {
    const answer = await speka.chat({ model: 'speka/sandbox:500', models: ['speka/sandbox'], messages })
    expect(answer).toMatchObject({ model: 'speka/sandbox', provider: 'sandbox', attempts })
    expect(records.at(-1)).toMatchObject({ requestedModel: 'speka/sandbox:500', model: 'speka/sandbox' })
    const kept = await recordOf(answer.requestId)
    expect(kept).toEqual(await recordOf(answer.id))
    expect(kept).toMatchObject({
      id: answer.requestId,
      model: 'speka/sandbox',
      provider: 'sandbox',
      cost_details: { total: answer.cost },
      attempts,
    })
  })

  test("streams after the server's attempts, under the server's request id", async () => {
    const stream = speka.streamChat({ model: 'speka/sandbox:500', models: ['speka/sandbox'], messages })
    let step = await stream.next()
    while (step.done !== true) step = await stream.next()
    expect(step.value).toMatchObject({ provider: 'sandbox', attempts })
    expect(await recordOf(step.value?.requestId)).toMatchObject({ id: step.value?.requestId, attempts })
  })

  test('tells nothing of failed attempts to a caller that is no gateway', async () => {
    const response = await fetch(`${server.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'speka/sandbox:500', models: ['speka/sandbox'], messages }),
    })
    expect(response.headers.get('x-speka-attempts')).toBe('2')
    expect(response.headers.get('x-speka-failed-attempts')).toBeNull()
    await response.body?.cancel()
  })

  test('streams with the same truth', async () => {
    const stream = speka.streamChat({
      model: 'speka/sandbox:429x1',
      messages,
      stream_options: { include_usage: true },
    })
    const chunks: ChatChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    const kept = await recordOf(chunks[0]?.id)
    expect(chunks.at(-1)?.usage?.cost_details).toEqual(kept['cost_details'])
    expect(records.at(-1)).toMatchObject({ outcome: 'complete', model: 'speka/sandbox:429x1' })
  })

  test("passes on the server's hints for what the caller can mend", async () => {
    const error: unknown = await speka.chat({ model: 'speka/sandbux', messages }).catch((thrown: unknown) => thrown)
    expect(SpekaError.is(error) && error.code).toBe('model_not_found')
    expect(String(error)).toContain('Did you mean "speka/sandbox"?')
  })

  const refusal = async (gateway: Gateway, model: string): Promise<SpekaError> => {
    const error: unknown = await gateway.chat({ model, messages }).catch((thrown: unknown) => thrown)
    if (!SpekaError.is(error)) throw error
    return error
  }

  test.each([
    { what: 'a model that it does not know', model: 'speka/sandbux', code: 'model_not_found', status: 404 },
    { what: 'a failed upstream', model: 'speka/sandbox:500', code: 'upstream_error', status: 502 },
    { what: 'a late upstream', model: 'speka/sandbox:408', code: 'upstream_timeout', status: 504 },
    { what: 'a prompt too long', model: 'speka/sandbox:context_length', code: 'context_length_exceeded', status: 400 },
  ])("tells $what with the server's own code and request id", async ({ model, code, status }) => {
    const error = await refusal(speka, model)
    expect(error).toMatchObject({ code, status })
    expect(error.message).not.toContain('Provider "speka"')
    const record = await recordOf(error.requestId)
    // A model that nobody knows is refused before there is anything to record.
    if (code !== 'model_not_found') expect(record).toMatchObject({ id: error.requestId, error_code: code })
  })

  test("tells that the key is wrong: it is the caller's own", async () => {
    const stranger = createGateway({ apiKey: 'sk-speka-live-nobodys', baseURL: server.baseURL })
    expect(await refusal(stranger, 'speka/sandbox')).toMatchObject({ code: 'invalid_api_key', status: 401 })
  })

  test("keeps from others that an operator's key is wrong", async () => {
    const providers = { far: { type: 'speka', base_url: server.baseURL, api_key: 'sk-speka-live-nobodys' } } as const
    const between = createGateway({ config: { providers, models: { far: { targets: [{ provider: 'far' }] } } } })
    expect(await refusal(between, 'far')).toMatchObject({ code: 'upstream_auth_failed', status: 502 })
  })

  test.each([
    { what: 'refused before anything was sent', request: { model: 'speka/sandbox', messages: [] } },
    { what: 'of a wrong kind', request: { model: 'speka/sandbox', messages, temperature: 'hot' as never } },
  ])('a request $what has an id too', async ({ request }) => {
    const error: unknown = await speka.chat(request).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'invalid_value', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })

  test('throws in the middle of a stream that breaks there', async () => {
    const told: string[] = []
    const reading = (async () => {
      for await (const chunk of speka.streamChat({ model: 'speka/sandbox:cut@3', messages })) {
        told.push(chunk.choices[0]?.delta.content ?? '')
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'upstream_incomplete', status: 502 })
    expect(told.join('')).not.toBe('')
  })
})
