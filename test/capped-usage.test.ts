import { completion, json, startScriptedUpstream, stream, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const counts = { input: 10, output: 100_000_000 }

let upstream: ScriptedUpstream
let app: StartedApp

beforeAll(async () => {
  upstream = await startScriptedUpstream(({ body }) =>
    body.includes('"stream":true') ? stream(['Hi'], counts) : json(completion('Hi', counts)),
  )
  app = await startApp({
    providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
    models: { m: { targets: [{ provider: 'local' }], price: { input: '1', output: '2' } } },
  })
})

afterAll(async () => {
  await app?.close()
  await upstream?.close()
})

const ask = (path: string, body?: object): Promise<Response> =>
  fetch(`${app.origin}/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

const messages = [{ role: 'user', content: 'Hi' }]
const asked = [
  { path: 'chat/completions', body: { messages, max_tokens: 50, stream_options: { include_usage: true } } },
  { path: 'responses', body: { input: 'Hi', max_output_tokens: 50 } },
  { path: 'completions', body: { prompt: 'Hi', max_tokens: 50, stream_options: { include_usage: true } } },
].flatMap(({ path, body }) => [
  { path, streams: true, body },
  { path, streams: false, body: { ...body, stream_options: undefined } },
])

test.each(asked)(
  'a hundred million tokens for fifty cost what fifty do, and are marked: $path, stream $streams',
  async ({ path, streams, body }) => {
    const answer = await ask(path, { ...body, model: 'm', stream: streams })
    const text = await answer.text()
    expect(text).toContain('"capped":true')
    expect(text).toContain('"cost":0.00011')
    if (!streams) expect(answer.headers.get('x-speka-cost-usd')).toBe('0.00011')
    const record = await ask(`generation?id=${answer.headers.get('x-request-id')}`)
    expect(await record.json()).toMatchObject({
      outcome: 'complete',
      usage: { prompt_tokens: 10, completion_tokens: 50, total_tokens: 60, estimated: false, capped: true },
      cost_details: { total: '0.00011' },
    })
  },
)
