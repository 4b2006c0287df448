import OpenAI from 'openai'
import {
  responseOf,
  said,
  streamOf,
  usage as counted,
} from '../packages/core/src/providers/openai/__fixtures__/responses.ts'
import { chunk, json, startScriptedUpstream, streamHead, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

/** Tools that the provider runs itself, and tools whose input is no JSON: they are OpenAI's alone. */

const done = (id: string, action: object) => ({ id, type: 'web_search_call', status: 'completed', action })

const actions = [
  done('ws_1', { type: 'search', query: 'a' }),
  done('ws_2', { type: 'open_page', url: 'https://example.com/' }),
  done('ws_3', { type: 'search', query: 'b' }),
]

const found = responseOf([...actions, said('Found.')], {
  usage: counted(1000, 0, 100, 0),
})

let openai: ScriptedUpstream
let plain: ScriptedUpstream
let app: StartedApp
let client: OpenAI

beforeAll(async () => {
  ;[openai, plain] = await Promise.all([startScriptedUpstream(json(found)), startScriptedUpstream()])
  const price = { input: '1', output: '10', search: '0.01' }
  app = await startApp({
    providers: {
      openai: { type: 'openai', base_url: openai.baseURL, api_key: 'k' },
      plain: { type: 'openai-compatible', base_url: plain.baseURL, api_key: 'k' },
    },
    models: {
      own: { targets: [{ provider: 'openai' }], price },
      either: { targets: [{ provider: 'plain' }, { provider: 'openai' }], price },
      chat: { targets: [{ provider: 'plain' }], price },
    },
  })
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0 })
})

beforeEach(() => {
  openai.clear()
  plain.clear()
})

afterAll(async () => {
  await app?.close()
  await Promise.all([openai?.close(), plain?.close()])
})

const tools = [
  { type: 'web_search', user_location: { type: 'approximate', country: 'FI' } },
  { type: 'code_interpreter', container: { type: 'auto' } },
  { type: 'image_generation', quality: 'low' },
  { type: 'mcp', server_label: 'docs', server_url: 'https://mcp.example/sse', require_approval: 'never' },
  { type: 'custom', name: 'sql', format: { type: 'grammar', syntax: 'regex', definition: 'select .*' } },
  { type: 'local_shell' },
  { type: 'of_tomorrow', power: 9 },
]

test.each(tools.map((tool) => [tool.type, tool] as const))('%s goes to who has it, as it came', async (_, tool) => {
  await client.responses.create({ model: 'either', input: 'Hi', tools: [tool] } as never)
  expect(JSON.parse(openai.seen[0]?.body ?? '')).toMatchObject({ model: 'either', input: 'Hi', tools: [tool] })
  expect(plain.seen).toEqual([])
})

test.each(tools.map((tool) => [tool.type, tool] as const))('%s is refused by name elsewhere', async (type, tool) => {
  const asked = client.responses.create({ model: 'chat', input: 'Hi', tools: [tool] } as never)
  await expect(asked).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'tools[0].type' })
  await expect(asked).rejects.toThrow(`"${type}"`)
  expect(plain.seen).toEqual([])
})

test('searches of the web are counted and charged, and pages that were opened are not', async () => {
  const asked = { model: 'own', input: 'Look it up.', tools: [{ type: 'web_search' as const }] }
  const whole = await client.responses.create(asked)
  expect(whole.usage).toMatchObject({ cost: 0.022 })
  openai.on('own', [
    streamHead,
    ...streamOf(found)
      .split(/(?<=\n\n)/)
      .map((event) => chunk(event)),
    { write: '0\r\n\r\n' },
  ])
  const streamed = await client.responses.stream(asked).finalResponse()
  expect(streamed.usage).toMatchObject({ cost: 0.022 })
  expect(app.settled.slice(-2).map(({ usage }) => usage.searches)).toEqual([2, 2])
})
