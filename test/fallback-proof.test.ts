import OpenAI from 'openai'
import { freePort } from './support/free-port.ts'
import {
  delta,
  event,
  json,
  sayHello,
  startScriptedUpstream,
  streamHead,
  type ScriptedUpstream,
  type Step,
} from './support/scripted-upstream.ts'
import { type Gateway, spawnGateway } from './support/spawn-gateway.ts'
import { startApp } from './support/start-app.ts'

const ASKED = 'deepseek-ai/deepseek-v4-flash'
const FALLBACK = 'meta/llama-3.3-70b-instruct'

// Ten tokens in and five out at the llama's 0.20 and 0.20 USD per million.
const LLAMA_COST = '0.000003'

const inConfiguration = { fallbacks: { [ASKED]: [FALLBACK] } }

let deepseek: ScriptedUpstream
let nvidia: ScriptedUpstream
/** All its providers work. */
let sound: Gateway
/** Its first provider is not there at all. */
let down: Gateway

const providers = (deepseekURL: string): object => ({
  deepseek: { type: 'deepseek', base_url: deepseekURL, api_key: 'key-of-deepseek' },
  nvidia: { type: 'nvidia', base_url: nvidia.baseURL, api_key: 'key-of-nvidia' },
})

beforeAll(async () => {
  deepseek = await startScriptedUpstream()
  nvidia = await startScriptedUpstream()
  const nowhere = `http://127.0.0.1:${await freePort()}/v1`
  ;[sound, down] = await Promise.all([
    spawnGateway({ providers: providers(deepseek.baseURL), routing: inConfiguration }),
    spawnGateway({ providers: providers(nowhere), routing: inConfiguration }),
  ])
})

afterAll(async () => {
  await Promise.all([sound?.close(), down?.close()])
  await Promise.all([deepseek?.close(), nvidia?.close()])
})

/** The caller's code. Nothing in it knows of the second model. */
async function callersCode(client: OpenAI, streamed: boolean) {
  const request = { model: ASKED, messages: [{ role: 'user' as const, content: 'Hello!' }] }
  if (!streamed) {
    const { data, response } = await client.chat.completions.create(request).withResponse()
    return { text: data.choices[0]?.message.content, model: data.model, usage: data.usage, headers: response.headers }
  }
  const { data, response } = await client.chat.completions
    .create({ ...request, stream: true, stream_options: { include_usage: true } })
    .withResponse()
  let text = ''
  let model = ''
  let usage: OpenAI.CompletionUsage | null | undefined
  for await (const chunk of data) {
    text += chunk.choices[0]?.delta.content ?? ''
    model = chunk.model
    usage = chunk.usage ?? usage
  }
  return { text, model, usage, headers: response.headers }
}

interface Generation {
  readonly attempts: readonly { provider: string; model: string; outcome: string; status: number | null }[]
}

const error = (status: number): Step[] => json({ error: { message: 'no', type: 'x', param: null, code: null } }, status)

/**
 * NVIDIA serves the model asked for too, and must fail as well for another model to be needed. After a break it says that
 * it has no such model: a second break would be the second attempt that may be billed, and the last.
 */
const faults: readonly {
  what: string
  script: Step[]
  alsoAtNvidia: Step[]
  outcome: string
  status: number | null
}[] = [
  { what: 'answers 429', script: error(429), alsoAtNvidia: error(429), outcome: 'rate_limit', status: 429 },
  { what: 'answers 503', script: error(503), alsoAtNvidia: error(503), outcome: 'transient', status: 503 },
  { what: 'resets the connection', script: ['reset'], alsoAtNvidia: error(404), outcome: 'transient', status: null },
  {
    what: 'breaks off before the first token',
    script: [streamHead, event(delta('', true)), 'reset'],
    alsoAtNvidia: error(404),
    outcome: 'transient',
    status: null,
  },
]

const ways = [
  { how: 'routing.fallbacks', routing: inConfiguration, body: {} },
  { how: 'models of the request', routing: {}, body: { models: [FALLBACK] } },
]

const rows = faults.flatMap((fault) =>
  ways.flatMap((way) => [false, true].map((streamed) => ({ ...fault, ...way, streamed }))),
)

describe.each(rows)('when the model asked for $what, by $how (streamed: $streamed)', (row) => {
  test('another answers, at its price, and the record says how', async () => {
    const { script, alsoAtNvidia, outcome, status, routing, body, streamed } = row
    // A gateway of its own: one that has seen too much of a failing provider leaves it out.
    const gateway = await startApp({ providers: providers(deepseek.baseURL), routing })
    deepseek.on('*', script)
    nvidia.on(ASKED, alsoAtNvidia)
    nvidia.on(FALLBACK, sayHello)
    deepseek.clear()
    nvidia.clear()
    const client = new OpenAI({
      baseURL: `${gateway.origin}/v1`,
      apiKey: gateway.liveKey,
      maxRetries: 0,
      fetch: (url, init) => fetch(url, withMore(init, body)),
    })
    const answer = await callersCode(client, streamed)

    expect(answer).toMatchObject({ text: 'Hello', model: FALLBACK })
    expect(answer.usage).toMatchObject({ cost: Number(LLAMA_COST), cost_details: { total: LLAMA_COST } })
    expect(answer.headers.get('x-speka-model')).toBe(FALLBACK)
    expect(answer.headers.get('x-speka-provider')).toBe('nvidia')
    const tried = Number(answer.headers.get('x-speka-attempts'))
    expect(tried).toBeGreaterThanOrEqual(2)
    if (!streamed) expect(answer.headers.get('x-speka-cost-usd')).toBe(LLAMA_COST)
    expect(deepseek.seen.length).toBeGreaterThanOrEqual(1)

    const record = await client.get<Generation>('/generation', { query: { id: answer.headers.get('x-request-id') } })
    expect(record).toMatchObject({
      requested_model: ASKED,
      model: FALLBACK,
      provider: 'nvidia',
      outcome: 'complete',
      cost_details: { total: LLAMA_COST },
      cost_pico: '3000000',
      price: { input_per_1m: '0.2', output_per_1m: '0.2' },
    })
    expect(record.attempts).toHaveLength(tried)
    expect(record.attempts[0]).toMatchObject({ provider: 'deepseek', model: ASKED, outcome, status })
    expect(record.attempts.at(-1)).toMatchObject({ provider: 'nvidia', model: FALLBACK, outcome: 'answered' })
    // Each upstream was shown its own key, and never the other's or the caller's.
    expect(new Set(deepseek.seen.map(({ headers }) => headers['authorization']))).toEqual(
      new Set(['Bearer key-of-deepseek']),
    )
    expect(new Set(nvidia.seen.map(({ headers }) => headers['authorization']))).toEqual(
      new Set(['Bearer key-of-nvidia']),
    )
    await gateway.close()
  })
})

test('while a provider is not there at all, every caller gets an answer, and soon nobody waits for the dead one', async () => {
  nvidia.on(ASKED, error(503))
  nvidia.on(FALLBACK, sayHello)
  const client = new OpenAI({ baseURL: down.baseURL, apiKey: down.key, maxRetries: 0 })
  const tries: number[] = []
  for (let turn = 0; turn < 10; turn += 1) {
    const answers = await Promise.all([false, true, false, true].map((streamed) => callersCode(client, streamed)))
    for (const answer of answers) {
      expect(answer).toMatchObject({ text: 'Hello', model: FALLBACK })
      expect(answer.headers.get('x-speka-model')).toBe(FALLBACK)
      tries.push(Number(answer.headers.get('x-speka-attempts')))
    }
  }
  expect(tries[0]).toBe(3)
  // Now and then one caller finds out whether it is back.
  expect(Math.min(...tries.slice(-8))).toBe(1)
})

test('when nothing is wrong, the model asked for answers at its own price', async () => {
  deepseek.on('*', sayHello)
  const client = new OpenAI({ baseURL: sound.baseURL, apiKey: sound.key, maxRetries: 0 })
  const answer = await callersCode(client, false)
  expect(answer).toMatchObject({ text: 'Hello', model: ASKED })
  expect(answer.headers.get('x-speka-attempts')).toBe('1')
  // 10 × 0.27 + 5 × 1.10 USD per million.
  expect(answer.headers.get('x-speka-cost-usd')).toBe('0.0000082')
})

/** What a tool that knows of fallbacks would add. */
function withMore(init: RequestInit | undefined, more: object): RequestInit | undefined {
  if (typeof init?.body !== 'string') return init
  return { ...init, body: JSON.stringify({ ...(JSON.parse(init.body) as object), ...more }) }
}
