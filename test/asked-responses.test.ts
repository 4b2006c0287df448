import OpenAI from 'openai'
import { createKeyRecord } from '../packages/server/src/keys/create-key.ts'
import { accountRecord, put } from '../packages/server/src/store/__fixtures__/records.ts'
import {
  responseOf,
  said,
  streamOf,
  usage as counted,
} from '../packages/core/src/providers/openai/__fixtures__/responses.ts'
import {
  chunk,
  json,
  startScriptedUpstream,
  streamHead,
  whole,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

/** What is asked about responses that a provider keeps: by OpenAI's own SDK, of an upstream that knows them by ids of its own. */

const notFound = (id: string): readonly Step[] =>
  json({ error: { message: `Response with id '${id}' not found.`, type: 'invalid_request_error', code: null } }, 404)

/** The events of a stream behind the one of a number. */
const eventsAfter = (events: string, number: number): string[] =>
  events.split(/(?<=\n\n)/).filter((event) => Number(/"sequence_number":(\d+)/.exec(event)?.[1] ?? Infinity) > number)

/** An upstream that keeps what it says for the key that asked, by OpenAI's routes. */
function keeper(kept: Map<string, { key: string; response: object }>) {
  return ({ method, path, headers, body }: SeenRequest): readonly Step[] => {
    const { pathname, searchParams } = new URL(path, 'http://upstream')
    const key = headers['authorization'] ?? ''
    const [, , , id = '', below] = pathname.split('/')
    if (method === 'POST' && pathname.endsWith('/responses/input_tokens'))
      return json({ object: 'response.input_tokens', input_tokens: 1234 })
    if (method === 'POST' && pathname.endsWith('/responses/compact')) {
      const output = [said('Hi'), { id: 'cmp_1', type: 'compaction', encrypted_content: 'gAAA' }]
      const usage = counted(139, 0, 438, 64)
      return json({ id: 'resp_upstream_compacted', object: 'response.compaction', created_at: 1, output, usage })
    }
    if (method === 'POST' && pathname.endsWith('/responses')) {
      const { model, previous_response_id: before = null } = JSON.parse(body) as Record<string, unknown>
      const made = `resp_upstream${kept.size}`
      const named = { id: made, model: `${String(model)}-2026-07-09`, previous_response_id: before, store: true }
      const response = responseOf([said('Kept.')], named)
      kept.set(made, { key, response })
      return json(response)
    }
    const found = kept.get(id)
    if (found === undefined || found.key !== key) return notFound(id)
    if (method === 'DELETE') {
      kept.delete(id)
      return json({ id, object: 'response', deleted: true })
    }
    if (below === 'cancel')
      return json(
        { error: { message: `Cannot cancel a synchronous response: ${id}.`, type: 'invalid_request_error' } },
        400,
      )
    if (below === 'input_items') {
      const item = { id: 'msg_1', type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }
      return json({ object: 'list', data: [item], first_id: 'msg_1', last_id: 'msg_1', has_more: false })
    }
    if (searchParams.get('stream') !== 'true') return json(found.response)
    const after = Number(searchParams.get('starting_after') ?? -1)
    const events = eventsAfter(streamOf(found.response as Parameters<typeof streamOf>[0]), after)
    return [streamHead, ...events.map((event) => chunk(event)), { write: '0\r\n\r\n' }]
  }
}

let upstream: ScriptedUpstream
let elsewhere: ScriptedUpstream
let app: StartedApp
let client: OpenAI
let colleague: OpenAI
let other: OpenAI
let limitedKey: string

const clientOf = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${app.origin}/v1`, apiKey, maxRetries: 0 })

beforeAll(async () => {
  ;[upstream, elsewhere] = await Promise.all([
    startScriptedUpstream(keeper(new Map())),
    startScriptedUpstream(keeper(new Map())),
  ])
  const price = { input: '1', output: '1' }
  app = await startApp({
    providers: {
      first: { type: 'openai', base_url: upstream.baseURL, api_key: ['k1', 'k2', 'k3'] },
      second: { type: 'openai', base_url: elsewhere.baseURL, api_key: 'k1' },
      plain: { type: 'openai-compatible', base_url: elsewhere.baseURL, api_key: 'k1' },
    },
    models: {
      m: { targets: [{ provider: 'first', model: 'gpt-5.6' }, { provider: 'second' }], price },
      chat: { targets: [{ provider: 'plain' }], price },
    },
  })
  await put(app.store, 'account', accountRecord('acct_other'))
  const keyOf = async (more: Partial<Parameters<typeof createKeyRecord>[0]> = {}): Promise<string> => {
    const { key, record } = createKeyRecord({ name: 'another', mode: 'live', ...more }, app.parts.keys.pepper)
    await put(app.store, 'key', record)
    return key
  }
  client = clientOf(app.liveKey)
  colleague = clientOf(await keyOf())
  other = clientOf(await keyOf({ account: 'acct_other' }))
  limitedKey = await keyOf({ limits: { providers: ['second'] } })
})

beforeEach(() => {
  upstream.clear()
  elsewhere.clear()
})

afterAll(async () => {
  await app?.close()
  await Promise.all([upstream?.close(), elsewhere?.close()])
})

async function listed<Item>(items: AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of await items) all.push(item)
  return all
}

const made = async (): Promise<string> => (await client.responses.create({ model: 'm', input: 'Hi' })).id

test('a response is retrieved from where it is kept, under the names that its caller knows', async () => {
  const id = await made()
  const key = upstream.seen[0]?.headers['authorization']
  const again = await client.responses.retrieve(id, { include: ['reasoning.encrypted_content'] })
  expect(again).toMatchObject({ id, model: 'm', output_text: 'Kept.', status: 'completed' })
  expect(JSON.stringify(again)).not.toContain('upstream')
  const asked = upstream.seen[1]
  expect(asked).toMatchObject({ method: 'GET', headers: { authorization: key } })
  expect(asked?.path).toMatch(/^\/v1\/responses\/resp_upstream\d+\?include/)
  expect(elsewhere.seen).toEqual([])
})

test('what it went on with has the id by which its caller knows it', async () => {
  const first = await made()
  const next = await client.responses.create({ model: 'm', input: 'On', previous_response_id: first })
  const again = await client.responses.retrieve(next.id)
  expect(again).toMatchObject({ id: next.id, previous_response_id: first })
})

test('every key of its account may ask, and it is in no record', async () => {
  const id = await made()
  await app.record(0)
  const before = app.settled.length
  expect(await colleague.responses.retrieve(id)).toMatchObject({ id })
  await client.responses.delete(await made())
  expect(app.settled.length).toBe(before + 1)
})

test('it is told once more as a stream, from behind an event that is known', async () => {
  const id = await made()
  const all = await listed(await client.responses.retrieve(id, { stream: true }))
  const last = all.at(-1)
  expect(last).toMatchObject({ type: 'response.completed', response: { id, model: 'm' } })
  expect(JSON.stringify(all)).not.toContain('upstream')
  const rest = await listed(await client.responses.retrieve(id, { stream: true, starting_after: 3 }))
  expect(rest.map((event) => event.sequence_number)).toEqual(all.slice(4).map((event) => event.sequence_number))
  expect(upstream.seen.at(-1)?.path).toContain('starting_after=3')
})

test('a stream that breaks off ends with an error, and says nothing of the response', async () => {
  const id = await made()
  const delta = { content_index: 0, delta: 'Ke', item_id: 'msg_1', logprobs: [], output_index: 0, sequence_number: 1 }
  const event = `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', ...delta })}\n\n`
  upstream.on('*', [streamHead, chunk(event), 'reset'])
  const seen: string[] = []
  const telling = async () => {
    for await (const one of await client.responses.retrieve(id, { stream: true })) seen.push(one.type)
  }
  await expect(telling()).rejects.toThrow(/closed the connection/)
  expect(seen).toEqual(['response.output_text.delta'])
  upstream.on('*', keeper(new Map()))
})

test('it is deleted, and is gone', async () => {
  upstream.on('*', keeper(new Map()))
  const id = await made()
  const reply = await client.responses.delete(id)
  expect(reply).toMatchObject({ id, deleted: true })
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404, code: 'response_not_found' })
})

test('its input items are listed as they are', async () => {
  upstream.on('*', keeper(new Map()))
  const id = await made()
  const items = await listed(client.responses.inputItems.list(id, { limit: 5, order: 'asc' }))
  expect(items).toMatchObject([{ id: 'msg_1', role: 'user' }])
  expect(upstream.seen.at(-1)?.path).toMatch(/\/input_items\?limit=5&order=asc$/)
})

test('a refusal of its keeper is told by the id that its caller knows', async () => {
  const id = await made()
  const cancelled = client.responses.cancel(id)
  await expect(cancelled).rejects.toMatchObject({ status: 400, code: 'invalid_request' })
  await expect(cancelled).rejects.toThrow(`Cannot cancel a synchronous response: ${id}.`)
})

describe('404 answers', () => {
  const asked = {
    retrieve: (by: OpenAI, id: string) => by.responses.retrieve(id),
    stream: (by: OpenAI, id: string) => by.responses.retrieve(id, { stream: true }),
    delete: (by: OpenAI, id: string) => by.responses.delete(id),
    cancel: (by: OpenAI, id: string) => by.responses.cancel(id),
    items: (by: OpenAI, id: string) => by.responses.inputItems.list(id),
  }

  test.each(Object.entries(asked))('another account that asks to %s, before anything is sent', async (_, ask) => {
    const id = await made()
    const before = upstream.seen.length
    await expect(ask(other, id)).rejects.toMatchObject({ status: 404, code: 'response_not_found' })
    expect(upstream.seen).toHaveLength(before)
  })

  test.each([
    { whose: 'the upstream’s own id', id: async () => 'resp_upstream0' },
    { whose: 'an id of a response that was made of chat', id: async () => `resp_${crypto.randomUUID()}` },
    { whose: 'a text', id: async () => 'x/../y?z' },
  ])('$whose', async ({ id }) => {
    const before = upstream.seen.length
    await expect(client.responses.retrieve(await id())).rejects.toMatchObject({
      status: 404,
      code: 'response_not_found',
    })
    expect(upstream.seen).toHaveLength(before)
  })

  test('a key that may not use its provider, and a test key', async () => {
    const id = await made()
    for (const key of [limitedKey, app.testKey])
      await expect(clientOf(key).responses.retrieve(id)).rejects.toMatchObject({ status: 404 })
  })
})

test('what would have no effect in a query is refused by name', async () => {
  const id = await made()
  const response = await fetch(`${app.origin}/v1/responses/${id}?wait=true`, {
    headers: { authorization: `Bearer ${app.liveKey}` },
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'wait' } })
})

test('a keeper that answers with something else is a bad gateway, and one that fails is not asked again', async () => {
  const id = await made()
  upstream.on('*', whole('<html>'))
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 502, code: 'upstream_bad_response' })
  upstream.on('*', json({ error: { message: 'down k1 k2 k3', type: 'server_error' } }, 500))
  const before = upstream.seen.length
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 502, code: 'upstream_error' })
  expect(upstream.seen).toHaveLength(before + 1)
  upstream.on('*', keeper(new Map()))
})

const count = (model: string, more: object = {}) =>
  client.responses.inputTokens.count({ model, input: 'How many?', ...more }).withResponse()

describe('tokens are counted before a request is sent', () => {
  test('by the target that would answer, with the request as it came', async () => {
    const tools = [{ type: 'web_search' as const }]
    const { data, response } = await count('m', { tools })
    expect(data).toEqual({ object: 'response.input_tokens', input_tokens: 1234 })
    expect(response.headers.get('x-speka-estimated')).toBeNull()
    const sent = upstream.seen.at(-1)
    expect(sent?.path).toBe('/v1/responses/input_tokens')
    expect(JSON.parse(sent?.body ?? '')).toEqual({ model: 'gpt-5.6', input: 'How many?', tools })
  })

  test('with what was kept before, at the one who keeps it', async () => {
    const id = await made()
    const { data } = await count('m', { previous_response_id: id })
    expect(data.input_tokens).toBe(1234)
    expect(upstream.seen.at(-1)?.body).toMatch(/"previous_response_id":"resp_upstream\d+"/)
  })

  test('by an estimate on the high side where nobody counts them, which is said', async () => {
    const { data, response } = await count('chat')
    expect(data.input_tokens).toBeGreaterThan(3)
    expect(response.headers.get('x-speka-estimated')).toBe('true')
    expect(elsewhere.seen).toEqual([])
  })

  test('and what is the caller’s to mend is told', async () => {
    await expect(count('nobody')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
    await expect(count('chat', { tools: [{ type: 'web_search' }] })).rejects.toMatchObject({
      status: 400,
      param: 'tools[0].type',
    })
    upstream.on('gpt-5.6', json({ error: { message: 'No such tool.', type: 'invalid_request_error' } }, 400))
    await expect(count('m')).rejects.toMatchObject({ status: 400, code: 'invalid_request' })
    upstream.on('gpt-5.6', keeper(new Map()))
  })

  test('and none of it is recorded', async () => {
    const before = app.settled.length
    await count('m')
    await count('chat')
    expect(app.settled.length).toBe(before)
  })
})

describe('a conversation is made shorter', () => {
  test('by a target that has the same, at the price of its tokens, and is recorded', async () => {
    const before = app.settled.length
    const { data, response } = await client.responses.compact({ model: 'm', input: 'Long.' } as never).withResponse()
    expect(data).toMatchObject({
      object: 'response.compaction',
      output: [{}, { type: 'compaction', encrypted_content: 'gAAA' }],
      usage: { input_tokens: 139, output_tokens: 438, cost: 0.000577 },
    })
    expect(data.id).not.toContain('upstream')
    expect(response.headers.get('x-speka-cost-usd')).toBe('0.000577')
    const sent = upstream.seen.at(-1)
    expect(sent?.path).toBe('/v1/responses/compact')
    expect(JSON.parse(sent?.body ?? '')).toEqual({ model: 'gpt-5.6', input: 'Long.' })
    const record = await app.record(before)
    expect(record).toMatchObject({ endpoint: 'responses', outcome: 'complete' })
    expect(record.usage.capped).not.toBe(true)
  })

  test('with what was kept before, where it is kept', async () => {
    const id = await made()
    await client.responses.compact({ model: 'm', previous_response_id: id } as never)
    expect(upstream.seen.at(-1)?.body).toMatch(/"previous_response_id":"resp_upstream\d+"/)
    await expect(other.responses.compact({ model: 'm', previous_response_id: id } as never)).rejects.toMatchObject({
      status: 404,
      code: 'previous_response_not_found',
    })
  })

  test('falls back to another target of the kind', async () => {
    upstream.on('gpt-5.6', json({ error: { message: 'down', type: 'server_error' } }, 500))
    elsewhere.clear()
    await client.responses.compact({ model: 'm', input: 'Long.' } as never)
    expect(elsewhere.seen.at(-1)?.path).toBe('/v1/responses/compact')
    upstream.on('gpt-5.6', keeper(new Map()))
  })

  test.each([
    { request: { model: 'chat', input: 'x' }, code: 'wrong_endpoint', says: 'makes a conversation shorter' },
    { request: { model: 'm', input: 'x', stream: true }, code: 'unsupported_parameter', says: 'comes whole' },
    { request: { model: 'm', input: 'x', max_output_tokens: 5 }, code: 'unsupported_parameter', says: 'how long' },
    {
      request: { model: 'm', input: [{ type: 'item_reference', id: 'msg_1' }] },
      code: 'unsupported_parameter',
      says: 'by its id',
    },
  ])('$request is refused: $code', async ({ request, code, says }) => {
    const compacted = client.responses.compact(request as never)
    await expect(compacted).rejects.toMatchObject({ status: 400, code })
    await expect(compacted).rejects.toThrow(new RegExp(says, 'i'))
  })
})
