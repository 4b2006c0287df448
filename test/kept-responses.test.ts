import OpenAI from 'openai'
import { createKeyRecord } from '../packages/server/src/keys/create-key.ts'
import { accountRecord, put } from '../packages/server/src/store/__fixtures__/records.ts'
import { responseOf, said, usage as counted } from '../packages/core/src/providers/openai/__fixtures__/responses.ts'
import { json, startScriptedUpstream, type ScriptedUpstream, type SeenRequest } from './support/scripted-upstream.ts'
import { keeping } from './support/keeping-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

let first: ScriptedUpstream
let second: ScriptedUpstream
let app: StartedApp
let client: OpenAI
/** Of the same account, and of another. */
let colleague: OpenAI
let other: OpenAI

const clientOf = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${app.origin}/v1`, apiKey, maxRetries: 0 })

beforeAll(async () => {
  ;[first, second] = await Promise.all([startScriptedUpstream(keeping()), startScriptedUpstream(keeping())])
  const price = { input: '1', output: '1' }
  app = await startApp({
    providers: {
      first: { type: 'openai', base_url: first.baseURL, api_key: ['k1', 'k2', 'k3'] },
      second: { type: 'openai', base_url: second.baseURL, api_key: 'k1' },
      plain: { type: 'openai-compatible', base_url: first.baseURL, api_key: 'k1' },
    },
    models: {
      m: { targets: [{ provider: 'first' }, { provider: 'second' }], price },
      n: { targets: [{ provider: 'second' }], price },
      chat: { targets: [{ provider: 'plain' }], price },
    },
    routing: { fallbacks: { m: ['n'] } },
  })
  await put(app.store, 'account', accountRecord('acct_other'))
  const keyOf = async (account?: string): Promise<string> => {
    const { key, record } = createKeyRecord({ name: 'another', mode: 'live', account }, app.parts.keys.pepper)
    await put(app.store, 'key', record)
    return key
  }
  client = clientOf(app.liveKey)
  colleague = clientOf(await keyOf())
  other = clientOf(await keyOf('acct_other'))
})

beforeEach(() => {
  first.clear()
  second.clear()
})

afterAll(async () => {
  await app?.close()
  await Promise.all([first?.close(), second?.close()])
})

const bodyOf = (request: SeenRequest | undefined): Record<string, unknown> =>
  JSON.parse(request?.body ?? '{}') as Record<string, unknown>

test('a response is continued at the same provider with the same key, by an id that says neither', async () => {
  let { id } = await client.responses.create({ model: 'm', input: 'Hi' })
  const key = first.seen[0]?.headers['authorization']
  for (const turn of [1, 2, 3, 4]) {
    expect(id).toMatch(/^resp_[\w-]{60,}$/)
    expect(id).not.toContain('upstream')
    const next = await client.responses.create({ model: 'm', input: 'Go on', previous_response_id: id })
    expect(next.output_text).toMatch(/^After resp_upstream\d+\.$/)
    expect(next.previous_response_id).toBe(id)
    expect(first.seen[turn]?.headers['authorization']).toBe(key)
    id = next.id
  }
  expect(second.seen).toEqual([])
})

test('a stream tells the same sealed id in all its events, and can be continued', async () => {
  const ids = new Set<string>()
  for await (const event of await client.responses.create({ model: 'm', input: 'Hi', stream: true })) {
    if ('response' in event) ids.add(event.response.id)
  }
  const [id = ''] = ids
  expect(ids.size).toBe(1)
  let text = ''
  const stream = await client.responses.create({ model: 'm', input: 'On', stream: true, previous_response_id: id })
  for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta
  expect(text).toMatch(/^After resp_upstream/)
  expect(bodyOf(first.seen.at(-1))['previous_response_id']).toMatch(/^resp_upstream/)
})

test('every key of the account can go on with it', async () => {
  const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
  const next = await colleague.responses.create({ model: 'm', input: 'Go on', previous_response_id: id })
  expect(next.output_text).toMatch(/^After resp_upstream/)
  expect(next.previous_response_id).toBe(id)
})

test('what goes on with a response has no fallback', async () => {
  const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
  first.on('m', json({ error: { message: 'down', type: 'server_error' } }, 500))
  const next = client.responses.create({ model: 'm', models: ['n'], input: 'On', previous_response_id: id } as never)
  await expect(next).rejects.toMatchObject({ status: 502 })
  expect(second.seen).toEqual([])
  first.on('m', keeping())
})

describe('404 answers', () => {
  test.each([
    { whose: 'another account’s id', id: async () => (await client.responses.create({ model: 'm', input: 'Hi' })).id },
    { whose: 'a forged one', id: async () => 'resp_AUSt1QKwSbcVH8u03-OJL_FwmUHJFx7zfd_rmglwVOv38GhWZv8kvUJS' },
    { whose: 'the upstream’s own', id: async () => 'resp_upstream0' },
  ])('$whose', async ({ id }) => {
    const request = { model: 'm', input: 'On', previous_response_id: await id() }
    const asked = first.seen.length
    await expect(other.responses.create(request)).rejects.toMatchObject({
      status: 404,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    })
    expect(first.seen).toHaveLength(asked)
  })

  test('one that was made where the model is not served', async () => {
    const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
    const next = client.responses.create({ model: 'n', input: 'On', previous_response_id: id })
    await expect(next).rejects.toMatchObject({ status: 404, code: 'previous_response_not_found' })
    expect(second.seen).toEqual([])
  })
})

test('where nobody keeps anything the refusal says so', async () => {
  const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
  const next = client.responses.create({ model: 'chat', input: 'On', previous_response_id: id })
  await expect(next).rejects.toMatchObject({
    status: 400,
    code: 'unsupported_parameter',
    param: 'previous_response_id',
  })
})

test('a limit of cost cannot be held when the prompt is not known', async () => {
  const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
  const request = { model: 'm', input: 'On', previous_response_id: id }
  const next = client.responses.create(request, { headers: { 'x-speka-max-cost-usd': '1' } })
  await expect(next).rejects.toMatchObject({ status: 400, param: 'previous_response_id' })
})

test('`background` is refused by name at every target', async () => {
  for (const model of ['m', 'chat']) {
    const request = client.responses.create({ model, input: 'Hi', background: true })
    await expect(request).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'background' })
  }
})

test('a prompt that was kept is charged in full, though its bytes did not come by', async () => {
  const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
  const usage = counted(5000, 0, 3, 0)
  first.on('m', json(responseOf([said('On.')], { id: 'resp_upstream99', usage })))
  const next = await client.responses.create({ model: 'm', input: 'On', previous_response_id: id })
  expect(next.usage).toMatchObject({ input_tokens: 5000, cost: 0.005003 })
  expect(app.settled.at(-1)?.usage.capped).not.toBe(true)
  first.on('m', keeping())
})

test('the record of a response is found by its sealed id', async () => {
  const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
  const ask = (key: string) =>
    fetch(`${app.origin}/v1/generation?id=${id}`, { headers: { authorization: `Bearer ${key}` } })
  expect(await (await ask(app.liveKey)).json()).toMatchObject({ endpoint: 'responses', outcome: 'complete' })
  expect((await ask(other.apiKey ?? '')).status).toBe(404)
})
