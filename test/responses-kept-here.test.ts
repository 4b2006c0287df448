import { realClock } from '@speka/core/node'
import OpenAI from 'openai'
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses.js'
import { createKeyRecord } from '../packages/server/src/keys/create-key.ts'
import { accountRecord, put } from '../packages/server/src/store/__fixtures__/records.ts'
import { keeping } from './support/keeping-upstream.ts'
import { json, startScriptedUpstream, type ScriptedUpstream, type SeenRequest } from './support/scripted-upstream.ts'
import { startApp, type AppWorld, type StartedApp } from './support/start-app.ts'

const DAY_MS = 86_400_000
const encryptionKey = Buffer.from(Array.from({ length: 32 }, (_, index) => (index * 37 + 11) % 256)).toString('base64')
const keep = { days: 2, encryption_key: encryptionKey }
const weather = { type: 'function' as const, name: 'weather', parameters: { type: 'object' }, strict: false }

let upstream: ScriptedUpstream
let native: ScriptedUpstream
let app: StartedApp
let client: OpenAI
/** When it is, in ms since the epoch. */
let now: number

const clientOf = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${app.origin}/v1`, apiKey, maxRetries: 0 })

/** Answers in chat as it is told to: with what a message of the model has. */
let message: object
const chat = (request: SeenRequest) => {
  const { stream = false, model } = JSON.parse(request.body) as { stream?: boolean; model: string }
  if (stream) throw new Error('Streams come from the sandbox.')
  return json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
  })
}

async function start(responses: object | undefined = { keep }, world: AppWorld = {}): Promise<void> {
  const price = { input: '1', output: '1' }
  app = await startApp(
    {
      providers: {
        plain: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k1' },
        openai: { type: 'openai', base_url: native.baseURL, api_key: 'k1' },
      },
      models: {
        chat: { targets: [{ provider: 'plain' }], price },
        other: { targets: [{ provider: 'plain' }], price },
        native: { targets: [{ provider: 'openai' }], price },
      },
      ...(responses && { responses }),
    },
    {},
    world,
  )
  client = clientOf(app.liveKey)
}

beforeAll(async () => {
  ;[upstream, native] = await Promise.all([startScriptedUpstream(chat), startScriptedUpstream(keeping())])
})
beforeEach(() => {
  upstream.clear()
  native.clear()
  message = { content: 'Hello, Ann.' }
  now = Date.now()
})
afterEach(() => app.close())
afterAll(() => Promise.all([upstream?.close(), native?.close()]))

const keyOf = async (account?: string): Promise<string> => {
  const { key, record } = createKeyRecord({ name: 'another', mode: 'live', account }, app.parts.keys.pepper)
  await put(app.store, 'key', record)
  return key
}

const limited = async (limits: object): Promise<OpenAI> => {
  const { key, record } = createKeyRecord({ name: 'limited', mode: 'live', limits }, app.parts.keys.pepper)
  await put(app.store, 'key', record)
  return clientOf(key)
}

const messagesOf = (request: SeenRequest | undefined): unknown =>
  (JSON.parse(request?.body ?? '{}') as { messages?: unknown }).messages

const inputOf = (request: SeenRequest | undefined): unknown =>
  (JSON.parse(request?.body ?? '{}') as { input?: unknown }).input

const gone = { status: 404, code: 'response_not_found' }
const notToGoOnWith = { status: 404, code: 'previous_response_not_found', param: 'previous_response_id' }

test('a conversation goes on with another model, which is told all of it', async () => {
  await start()
  const first = await client.responses.create({ model: 'chat', input: 'I am Ann.', instructions: 'Be brief.' })
  expect(first).toMatchObject({
    store: true,
    previous_response_id: null,
    id: expect.stringMatching(/^resp_[\w-]{60,}$/),
  })
  message = { content: 'Ann.' }
  const second = await client.responses.create({
    model: 'other',
    input: [{ role: 'user', content: 'Who am I?' }],
    previous_response_id: first.id,
  })
  expect(second).toMatchObject({ output_text: 'Ann.', previous_response_id: first.id, store: true })
  // Instructions are each request's own.
  expect(messagesOf(upstream.seen[1])).toEqual([
    { role: 'user', content: 'I am Ann.' },
    { role: 'assistant', content: 'Hello, Ann.' },
    { role: 'user', content: 'Who am I?' },
  ])
  await client.responses.create({ model: 'chat', input: 'Thanks', previous_response_id: second.id })
  expect(messagesOf(upstream.seen[2])).toHaveLength(5)
})

test('calls, their outputs and what was thought make the round trip', async () => {
  await start()
  message = {
    reasoning_content: 'I had better look.',
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"at":"Bern"}' } }],
  }
  const first = await client.responses.create({ model: 'chat', input: 'Rain?', tools: [weather] })
  message = { content: 'It rains.' }
  await client.responses.create({
    model: 'chat',
    input: [{ type: 'function_call_output', call_id: 'call_1', output: 'rain' }],
    tools: [weather],
    previous_response_id: first.id,
  })
  expect(messagesOf(upstream.seen[1])).toEqual([
    { role: 'user', content: 'Rain?' },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'I had better look.',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"at":"Bern"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
  ])
})

test('a stream is there by the time its last event is, under one id', async () => {
  await start()
  const asked = { model: 'speka/sandbox', input: 'Hello', stream: true } as const
  const events: ResponseStreamEvent[] = []
  for await (const event of await client.responses.create(asked)) {
    events.push(event)
    if (event.type !== 'response.completed') continue
    const kept = await client.responses.retrieve(event.response.id)
    expect(kept).toMatchObject({ output: event.response.output, usage: event.response.usage, status: 'completed' })
  }
  const told = events.flatMap((event) => ('response' in event ? [event.response] : []))
  expect(told.length).toBeGreaterThan(2)
  expect(new Set(told.map(({ id }) => id)).size).toBe(1)
  expect(told.every(({ store }: Response & { store?: boolean }) => store === true)).toBe(true)
})

test('one is told again as it was, and is gone when it is deleted', async () => {
  await start()
  const made = await client.responses.create({ model: 'chat', input: 'Hi', metadata: { a: 'b' } })
  const { output_text: _, ...first } = made
  expect(await client.responses.retrieve(made.id)).toMatchObject(first)
  const deleted = (await client.responses.delete(made.id)) as unknown
  expect(deleted).toEqual({ id: made.id, object: 'response', deleted: true })
  await expect(client.responses.retrieve(made.id)).rejects.toMatchObject(gone)
  await expect(client.responses.delete(made.id)).rejects.toMatchObject(gone)
  await expect(client.responses.inputItems.list(made.id)).rejects.toMatchObject(gone)
  const next = client.responses.create({ model: 'chat', input: 'On', previous_response_id: made.id })
  await expect(next).rejects.toMatchObject(notToGoOnWith)
})

test('what it was asked with is listed page by page, the conversation before it included', async () => {
  await start()
  const first = await client.responses.create({ model: 'chat', input: 'One' })
  const second = await client.responses.create({
    model: 'chat',
    previous_response_id: first.id,
    input: [
      { role: 'user', content: [{ type: 'input_text', text: 'Two' }] },
      { id: 'msg_own', type: 'message', role: 'user', content: 'Three' } as never,
    ],
  })
  const page = await client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 })
  expect(page.data).toMatchObject([
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'One' }], status: 'completed' },
    { id: first.output[0]?.id, role: 'assistant', content: [{ type: 'output_text', text: 'Hello, Ann.' }] },
  ])
  expect(page.has_more).toBe(true)
  const rest = await client.responses.inputItems.list(second.id, { order: 'asc', after: page.data[1]?.id ?? '' })
  expect(rest.data).toMatchObject([{ content: [{ text: 'Two' }] }, { id: 'msg_own', content: [{ text: 'Three' }] }])
  expect(rest.has_more).toBe(false)

  const all = []
  for await (const item of client.responses.inputItems.list(second.id, { limit: 1 })) all.push(item.id)
  expect(all).toEqual([...page.data, ...rest.data].map(({ id }) => id).toReversed())
  expect(new Set(all).size).toBe(4)
  const between = await client.get<{ data: unknown[] }>(`/responses/${second.id}/input_items`, {
    query: { order: 'asc', before: 'msg_own' },
  })
  expect(between.data).toHaveLength(3)
  for (const wrong of [{ limit: 0 }, { limit: 101 }, { after: 'nothing' }, { order: 'up' as 'asc' }])
    await expect(client.responses.inputItems.list(second.id, wrong)).rejects.toMatchObject({
      status: 400,
      param: Object.keys(wrong)[0],
    })
})

test('its events are told once, and it cannot be ended', async () => {
  await start()
  const { id } = await client.responses.create({ model: 'chat', input: 'Hi' })
  await expect(client.responses.retrieve(id, { stream: true })).rejects.toMatchObject({ status: 400, param: 'stream' })
  await expect(client.responses.cancel(id)).rejects.toMatchObject({ status: 400 })
})

test('it is its account’s: for everybody else it is as one that never was', async () => {
  await start()
  await put(app.store, 'account', accountRecord('acct_other'))
  const [colleague, other] = [clientOf(await keyOf()), clientOf(await keyOf('acct_other'))]
  const tester = clientOf(app.testKey)
  const { id } = await client.responses.create({ model: 'speka/sandbox', input: 'Hi' })
  expect(await colleague.responses.retrieve(id)).toMatchObject({ id })
  for (const stranger of [other, tester]) {
    const asked = [
      stranger.responses.retrieve(id),
      stranger.responses.delete(id),
      stranger.responses.cancel(id),
      stranger.responses.inputItems.list(id),
    ]
    for (const one of asked) await expect(one).rejects.toMatchObject(gone)
    const next = stranger.responses.create({ model: 'speka/sandbox', input: 'On', previous_response_id: id })
    await expect(next).rejects.toMatchObject(notToGoOnWith)
  }
  const own = await tester.responses.create({ model: 'speka/sandbox', input: 'Hi' })
  expect(await tester.responses.retrieve(own.id)).toMatchObject({ id: own.id })
  await expect(client.responses.retrieve(own.id)).rejects.toMatchObject(gone)
  const changed = id.replace(/.(?=.{8}$)/, (letter) => (letter === 'A' ? 'B' : 'A'))
  for (const made of ['resp_1', changed, `resp_${Buffer.alloc(80, 1).toString('base64url')}`])
    await expect(
      client.responses.create({ model: 'chat', input: 'On', previous_response_id: made }),
    ).rejects.toMatchObject(notToGoOnWith)
})

test('a key of other models reads it, and goes on with it by those; one that may not chat does neither', async () => {
  await start()
  const { id } = await client.responses.create({ model: 'chat', input: 'Hi' })
  const ofOther = await limited({ models: ['other'] })
  expect(await ofOther.responses.retrieve(id)).toMatchObject({ id })
  await ofOther.responses.create({ model: 'other', input: 'On', previous_response_id: id })
  await expect(
    ofOther.responses.create({ model: 'chat', input: 'On', previous_response_id: id }),
  ).rejects.toMatchObject({
    status: 403,
  })
  const embedder = await limited({ endpoints: ['embeddings'] })
  await expect(embedder.responses.retrieve(id)).rejects.toMatchObject({ code: 'endpoint_not_allowed' })
})

test('what says "store": false, is too large, has failed or was broken off is not kept', async () => {
  await start()
  const unstored = await client.responses.create({ model: 'chat', input: 'Hi', store: false })
  expect(unstored).toMatchObject({ store: false })
  await expect(client.responses.retrieve(unstored.id)).rejects.toMatchObject({ status: 404 })

  const url = `data:image/png;base64,${'A'.repeat(4 * 1024 * 1024)}`
  const large = await client.responses.create({
    model: 'chat',
    input: [{ role: 'user', content: [{ type: 'input_image', image_url: url, detail: 'auto' }] }],
  })
  expect(large).toMatchObject({ store: false })
  message = { content: 'b'.repeat(4 * 1024 * 1024) }
  expect(await client.responses.create({ model: 'chat', input: 'Hi' })).toMatchObject({ store: false })

  const events: ResponseStreamEvent[] = []
  const broken = await client.responses.create({ model: 'speka/sandbox:cut@5', input: 'Hello', stream: true })
  const read = async (): Promise<void> => {
    for await (const event of broken) events.push(event)
  }
  await expect(read()).rejects.toMatchObject({ code: 'upstream_incomplete' })
  const [begun] = events.flatMap((event) => ('response' in event ? [event.response.id] : []))
  await expect(client.responses.retrieve(begun ?? '')).rejects.toMatchObject(gone)
})

test('an answer that cannot be kept is told as one that is not', async () => {
  await start()
  app.store.responses.keep = () => Promise.reject(new Error('the disk is full'))
  const { id, output_text: text, ...rest } = await client.responses.create({ model: 'chat', input: 'Hi' })
  expect([text, rest]).toMatchObject(['Hello, Ann.', { store: false }])
  await expect(client.responses.retrieve(id)).rejects.toMatchObject(gone)
})

test('a store that hangs holds up no answer for long', async () => {
  const hasty = { ...realClock, after: (ms: number, run: () => void) => realClock.after(ms === 10_000 ? 0 : ms, run) }
  await start({ keep }, { clock: hasty })
  app.store.responses.keep = () => new Promise(() => {})
  expect(await client.responses.create({ model: 'chat', input: 'Hi' })).toMatchObject({ store: false })
})

test('it ends after the days that it is kept', async () => {
  await start({ keep }, { clock: { ...realClock, now: () => now } })
  const { id } = await client.responses.create({ model: 'chat', input: 'Hi' })
  now += 2 * DAY_MS - 60_000
  expect(await client.responses.retrieve(id)).toMatchObject({ id })
  now += 120_000
  await expect(client.responses.retrieve(id)).rejects.toMatchObject(gone)
})

test('a target that keeps responses itself is told the conversation, without what it would look for in vain', async () => {
  await start()
  message = {
    reasoning_content: 'A greeting.',
    content: 'Hello.',
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
  }
  const first = await client.responses.create({ model: 'chat', input: 'Hi', tools: [weather] })
  const next = await client.responses.create({
    model: 'native',
    tools: [weather],
    input: [{ type: 'function_call_output', call_id: 'call_1', output: 'rain' }],
    previous_response_id: first.id,
  })
  const seen = JSON.parse(native.seen[0]?.body ?? '{}') as Record<string, unknown>
  expect(seen['previous_response_id']).toBeUndefined()
  const items = inputOf(native.seen[0]) as Record<string, unknown>[]
  expect(items.map(({ type, role, id }) => [type ?? role, id])).toEqual([
    ['user', undefined],
    ['message', undefined],
    ['function_call', undefined],
    ['function_call_output', undefined],
  ])
  // What it answers is its own: it keeps that, and goes on with it.
  expect(await app.store.responses.find(app.settled[1]?.id ?? '', 'default', 0)).toBeUndefined()
  await client.responses.create({ model: 'native', input: 'On', previous_response_id: next.id })
  expect(native.seen[1]?.body).toMatch(/"previous_response_id":"resp_upstream\d+"/)
  expect(inputOf(native.seen[1])).toBe('On')
})

test('what goes on with it is counted with it, and may be held to a cost', async () => {
  await start()
  message = { content: 'word '.repeat(2000) }
  const { id } = await client.responses.create({ model: 'chat', input: 'Hi' })
  const count = (before: object) =>
    client.responses.inputTokens.count({ model: 'chat', input: 'On', ...before }).then(({ input_tokens: n }) => n)
  expect(await count({ previous_response_id: id })).toBeGreaterThan((await count({})) + 1000)
  const next = client.responses.create(
    { model: 'chat', input: 'On', max_output_tokens: 10, previous_response_id: id },
    { headers: { 'x-speka-max-cost-usd': '1' } },
  )
  await expect(next).resolves.toMatchObject({ previous_response_id: id })
  expect(
    (await fetch(`${app.origin}/v1/generation?id=${id}`, { headers: { authorization: `Bearer ${app.liveKey}` } }))
      .status,
  ).toBe(200)
})

test('it lies encrypted, and opens with an older key as long as that is in the list', async () => {
  await start()
  const { id } = await client.responses.create({ model: 'chat', input: 'A secret word' })
  const sealed = await app.store.responses.find(app.settled[0]?.id ?? '', 'default', 0)
  for (const word of ['secret', 'Ann', 'chat']) expect(Buffer.from(sealed ?? []).includes(word)).toBe(false)
  const settings = app.parts.live.current.config.keptResponses
  const other = new Uint8Array(32).fill(9)
  const have = (encryptionKeys: Uint8Array[]) =>
    Object.assign(app.parts.live.current.config, { keptResponses: { keepMs: DAY_MS, encryptionKeys } })
  have([other, ...((settings?.encryptionKeys ?? []) as Uint8Array[])])
  expect(await client.responses.retrieve(id)).toMatchObject({ id })
  have([other])
  await expect(client.responses.retrieve(id)).rejects.toMatchObject(gone)
})

test('without being switched on, nothing is kept', async () => {
  await start({})
  let touched = 0
  const touch = (): Promise<never> => {
    touched += 1
    return Promise.reject(new Error('It is off.'))
  }
  Object.assign(app.store.responses, { keep: touch, find: touch, delete: touch })
  const { id, ...rest } = await client.responses.create({ model: 'chat', input: 'Hi' })
  expect(rest).toMatchObject({ store: false, previous_response_id: null })
  await expect(client.responses.retrieve(id)).rejects.toMatchObject(gone)
  const next = client.responses.create({ model: 'chat', input: 'On', previous_response_id: id })
  await expect(next).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter' })
  expect(touched).toBe(0)
})
