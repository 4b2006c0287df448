import { startApp, type StartedApp } from './support/start-app.ts'
import { runSpeka } from './support/run-speka.ts'

const config = {
  providers: { near: { type: 'vllm', base_url: 'http://127.0.0.1:9/v1' } },
  models: { 'acme/fast': { targets: [{ provider: 'near' }], price: { input: '0.20', output: '0.40' } } },
  routing: { fallbacks: { 'acme/fast': ['speka/sandbox'] } },
}

let app: StartedApp
beforeAll(async () => {
  app = await startApp(config)
})
afterAll(() => app.close())

async function explain(body: unknown, key = app.liveKey): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${app.origin}/v1/route/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('POST /v1/route/explain tells where a request would go, and asks nobody', async () => {
  const { status, body } = await explain({ model: 'acme/fast', max_tokens: 10 })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    object: 'route.explanation',
    candidates: [
      { model: 'acme/fast', provider: 'near' },
      { model: 'speka/sandbox', provider: 'sandbox' },
    ],
    on_failure: { transient: { step: 'next_target', next: ['speka/sandbox at sandbox'] } },
  })
  expect(app.settled).toEqual([])
})

test.each([
  ['a whole chat request', { model: 'speka/sandbox', messages: [{ role: 'user', content: 'hi' }] }, 'chat'],
  ['a request for embeddings', { model: 'speka/sandbox', input: ['a', 'b'] }, 'embeddings'],
  ['a request for images', { model: 'speka/sandbox', prompt: 'a', n: 2 }, 'images'],
])('%s is explained as it stands', async (_, request, endpoint) => {
  expect((await explain(request)).body).toMatchObject({ endpoint })
})

test.each([
  ['a route that is impossible', { model: 'acme/fast', provider: { only: ['far'] } }, 404, 'no_matching_target'],
  ['a preference that is none', { model: 'acme/fast', provider: { sort: 'best' } }, 400, 'invalid_value'],
  ['an unknown model', { model: 'acme' }, 404, 'model_not_found'],
  ['no model', {}, 400, 'missing_required_parameter'],
  ['no JSON', '{', 400, 'invalid_json'],
  ['a body that reaches for a prototype', '{"model":"acme/fast","__proto__":{"a":1}}', 400, 'invalid_json'],
])('%s: %s', async (_, request, status, code) => {
  expect(await explain(request)).toMatchObject({ status, body: { error: { code } } })
})

test('a test key is told of the sandbox alone', async () => {
  expect(await explain({ model: 'acme/fast' }, app.testKey)).toMatchObject({ status: 403 })
  expect(await explain({ model: 'speka/sandbox' }, app.testKey)).toMatchObject({ status: 200 })
})

test('speka explain shows the same without a server', async () => {
  const json = await runSpeka('explain --model speka/sandbox --max-tokens 100 --json')
  expect(json.code).toBe(0)
  expect(JSON.parse(json.out)).toMatchObject({
    candidates: [{ provider: 'sandbox', cost: { most: expect.any(String) } }],
  })
  const table = await runSpeka('explain --model speka/sandbox --models nobody/knows')
  expect(table.out).toContain('Not tried:')
  expect(table.out).toContain('No model is called "nobody/knows"')
})

test.each([
  ['explain', 2, 'Say which'],
  ['explain --model speka/sandbox --max-tokens many', 2, '--max-tokens must be a whole number'],
  ['explain --model speka/sandbox --max-cost-usd cheap', 2, '--max-cost-usd must be a decimal number'],
  ['explain --model speka/sandbox --only far', 1, 'provider.only names "far"'],
  ['explain --model speka/sandbox --max-cost-usd 0.0000001', 1, 'may cost more than the limit'],
])('speka %s exits %i', async (command, code, says) => {
  expect(await runSpeka(command)).toMatchObject({ code, error: expect.stringContaining(says) })
})
