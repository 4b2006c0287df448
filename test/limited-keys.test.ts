import { createKeyRecord } from '../packages/server/src/keys/create-key.ts'
import { put } from '../packages/server/src/store/__fixtures__/records.ts'
import type { KeyRecord } from '../packages/server/src/store/store.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

/** `acme/fast` is at two providers, of which nobody is there; the sandbox answers for it when both have failed. */
const config = {
  providers: {
    near: { type: 'vllm', base_url: 'http://127.0.0.1:9/v1' },
    far: { type: 'vllm', base_url: 'http://127.0.0.1:9/v1' },
  },
  models: { 'acme/fast': { endpoints: ['chat'], targets: [{ provider: 'near' }, { provider: 'far' }] } },
  routing: { fallbacks: { 'acme/fast': ['speka/sandbox'] } },
}

let app: StartedApp
beforeAll(async () => {
  app = await startApp(config)
})
afterAll(() => app.close())

/** A key that may do so much. */
async function keyWith(limits: KeyRecord['limits']): Promise<string> {
  const { key, record } = createKeyRecord({ name: 'limited', mode: 'live', limits }, app.parts.keys.pepper)
  await put(app.store, 'key', record)
  return key
}

/** As much of an answer as is looked at. */
interface Answer {
  readonly error?: { readonly code: string; readonly message: string }
  readonly candidates?: readonly { readonly provider: string }[]
  readonly data?: readonly { readonly id: string }[]
}

async function ask(key: string, path: string, body?: object): Promise<{ status: number; body: Answer }> {
  const response = await fetch(`${app.origin}/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

const requests = [
  { path: 'chat/completions', endpoint: 'chat', body: { messages: [{ role: 'user', content: 'hi' }] } },
  { path: 'responses', endpoint: 'chat', body: { input: 'hi' } },
  { path: 'completions', endpoint: 'chat', body: { prompt: 'hi' } },
  { path: 'completions', endpoint: 'chat', body: { prompt: [1, 2, 3] } },
  { path: 'embeddings', endpoint: 'embeddings', body: { input: 'hi' } },
  { path: 'images/generations', endpoint: 'images', body: { prompt: 'hi' } },
  { path: 'rerank', endpoint: 'rerank', body: { query: 'hi', documents: ['a'] } },
]

test.each(requests)('a key that may not $endpoint is refused at /v1/$path, and one that may is not', async (one) => {
  const { path, endpoint, body } = one
  const model = 'speka/sandbox'
  const others = [...new Set(requests.map((request) => request.endpoint))].filter((other) => other !== endpoint)
  const refused = await ask(await keyWith({ endpoints: others }), path, { model, ...body })
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'endpoint_not_allowed' } } })
  expect(refused.body.error?.message).toContain(`It may use: ${others.join(', ')}.`)
  expect(await ask(await keyWith({ endpoints: [endpoint] }), path, { model, ...body })).toMatchObject({ status: 200 })
})

test('a key that may not use an endpoint is refused there before its model is looked for', async () => {
  const key = await keyWith({ endpoints: ['images'] })
  const refused = await ask(key, 'chat/completions', { ...requests[0]?.body, model: 'nobody/knows' })
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'endpoint_not_allowed' } } })
})

/** Where a request would go. */
async function explain(providers: string[]) {
  const { status, body } = await ask(await keyWith({ providers }), 'route/explain', { model: 'acme/fast' })
  return { status, goes: body.candidates?.map(({ provider }) => provider) }
}

test('a key that may use one provider is sent nowhere else, in fallbacks neither', async () => {
  expect(await explain(['far'])).toEqual({ status: 200, goes: ['far'] })
  expect(await explain(['far', 'sandbox'])).toEqual({ status: 200, goes: ['far', 'sandbox'] })
  expect(await explain(['sandbox'])).toEqual({ status: 403, goes: undefined })
})

test('a preference of the request does not reach a provider that the key may not use', async () => {
  const key = await keyWith({ providers: ['far'] })
  const body = { model: 'acme/fast', provider: { only: ['near'] } }
  expect(await ask(key, 'route/explain', body)).toMatchObject({
    status: 404,
    body: { error: { code: 'no_matching_target' } },
  })
})

test.each([
  { limits: { providers: ['sandbox'] }, lists: ['speka/sandbox'] },
  { limits: { providers: ['near'] }, lists: ['acme/fast'] },
  { limits: { endpoints: ['images'] }, lists: ['speka/sandbox'] },
  { limits: { providers: ['near'], endpoints: ['images'] }, lists: [] },
])('a key with $limits is shown $lists', async ({ limits, lists }) => {
  const { body } = await ask(await keyWith(limits), 'models')
  const shown = body.data?.map(({ id }) => id).filter((id) => !id.includes(':'))
  expect(shown).toEqual(lists)
})
