import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from './support/eventually.ts'
import { openRaw, post } from './support/raw-http.ts'
import { runSpeka } from './support/run-speka.ts'
import {
  delta,
  event,
  json,
  sayHello,
  startScriptedUpstream,
  streamHead,
  whole,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from './support/scripted-upstream.ts'
import { type Gateway, spawnGateway } from './support/spawn-gateway.ts'

const PROVIDER_KEY = 'nvapi-CanaryOfTheProvider0123456789abcdefXYZ'
const PROMPT = 'canary-prompt-7f3a9c-nobody-may-keep-this'
const UPSTREAM_HOST = 'canary-internal-host.example'

/** An upstream that repeats all it was told, as some do in their errors. */
const parrot = ({ headers, body }: SeenRequest): string =>
  `Invalid key ${headers['authorization']} (${PROVIDER_KEY}) for ${body} at ${UPSTREAM_HOST}`

const says = (message: string, code = 'x'): object => ({ error: { message, type: code, param: null, code } })

const faults: Readonly<Record<string, (request: SeenRequest) => readonly Step[]>> = {
  fine: sayHello,
  refused: (request) => json(says(parrot(request), 'invalid_api_key'), 401),
  forbidden: (request) => json(says(parrot(request)), 403),
  limited: (request) => json(says(parrot(request)), 429),
  broken: (request) => json(says(parrot(request)), 500),
  unavailable: (request) =>
    json(says(parrot(request)), 503, { 'x-upstream': PROVIDER_KEY, 'set-cookie': PROVIDER_KEY }),
  'a-page': (request) => whole(`<html><body>${parrot(request)}</body></html>`, 502, { 'content-type': 'text/html' }),
  'a-page-for-an-answer': (request) => whole(`<html>${parrot(request)}</html>`, 200, { 'content-type': 'text/html' }),
  'cut-short': (request) => whole(`{"error":"${parrot(request)}`, 200, { 'content-type': 'application/json' }),
  'a-fault-of-the-caller': () => json(says(`Invalid value: '${PROMPT}', not ${PROVIDER_KEY}`), 400),
  reset: () => ['reset'],
  'an-error-in-a-stream': (request) => [streamHead, event(delta('word', true)), event(says(parrot(request))), 'end'],
  'garbage-in-a-stream': (request) => [streamHead, event(delta('word', true)), event(`{${parrot(request)}`), 'end'],
  redirect: () => whole('', 302, { location: `http://${UPSTREAM_HOST}/?key=${PROVIDER_KEY}` }),
}

let upstream: ScriptedUpstream
let gateway: Gateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  for (const [model, script] of Object.entries(faults)) upstream.on(`m/${model}`, script)
  gateway = await spawnGateway(
    {
      providers: { canary: { type: 'nvidia', base_url: upstream.baseURL, api_key: '${CANARY_KEY}' } },
      models: { 'm/*': { targets: [{ provider: 'canary' }], price: { input: '1', output: '1' } } },
      routing: { max_attempts: 2 },
    },
    { env: { CANARY_KEY: PROVIDER_KEY, SPEKA_LOG_LEVEL: 'trace' } },
  )
})

afterAll(async () => {
  await gateway?.close()
  await upstream?.close()
})

/** The ways in which a secret may show: as it is, escaped, encoded, or a good part of it. */
function forms(secret: string): string[] {
  const encoded = [0, 1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + secret)
      .toString('base64')
      .slice(4, -4),
  )
  return [secret.slice(0, 14), secret.slice(-12), encodeURIComponent(secret), ...encoded]
}

function expectNone(secret: string, places: Readonly<Record<string, string>>): void {
  const found = Object.entries(places).flatMap(([place, text]) =>
    forms(secret).flatMap((form) => {
      const at = text.indexOf(form)
      return at === -1 ? [] : [`${place}: …${text.slice(Math.max(0, at - 80), at + 60)}…`]
    }),
  )
  expect(found).toEqual([])
}

/** All that the data folder holds. */
function stored(): Record<string, string> {
  const files = readdirSync(gateway.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')]),
  )
}

test('whatever goes wrong, no secret is in an answer, a header, the log or the store', async () => {
  const created = await runSpeka('keys create --name canary --json', { SPEKA_DATA_DIR: gateway.data })
  const { key } = JSON.parse(created.out) as { key: string }
  const answers: Record<string, string> = {}
  const requests = Object.keys(faults).flatMap((fault) => [false, true].map((stream) => ({ fault, stream })))
  await Promise.all(
    requests.map(async ({ fault, stream }) => {
      const client = await openRaw(gateway.origin)
      const body = { model: `m/${fault}`, messages: [{ role: 'user', content: PROMPT }], stream }
      client.send(post('/v1/chat/completions', key, body, ['Connection: close']))
      answers[`${fault}, stream: ${stream}`] = (await client.closed()).text
    }),
  )
  expect(Object.values(answers).filter((text) => text.startsWith('HTTP/1.1 200')).length).toBeGreaterThanOrEqual(2)
  // It was said to the upstream, or all this proves nothing.
  expect(upstream.seen.length).toBeGreaterThanOrEqual(requests.length)
  expect(upstream.seen.every(({ headers }) => headers['authorization'] === `Bearer ${PROVIDER_KEY}`)).toBe(true)
  expect(upstream.seen.every(({ body }) => body.includes(PROMPT))).toBe(true)

  // Mistakes of callers, and clients that leave.
  const refused = [
    post('/v1/chat/completions', `${key}x`, { messages: PROMPT }),
    post('/v1/chat/completions', key, { model: 'm/fine', messages: [{ role: PROMPT, content: 1 }] }),
    post('/v1/chat/completions', key, {}).replace('{}', `{"${PROMPT}`),
    `GET /v1/models?key=${key} HTTP/1.1\r\nHost: g\r\n\r\n`,
    `GET /v1/generation?id=${key} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
  ]
  for (const [index, bytes] of refused.entries()) {
    const client = await openRaw(gateway.origin)
    client.send(bytes)
    await client.until('HTTP/1.1 4')
    answers[`refused ${index}`] = client.received()
    client.destroy()
  }
  await eventually(() => gateway.logs().includes('"error":"upstream_auth_failed"'), 'the failures are in the log')

  const restBefore = { log: gateway.logs(), ...stored() }
  await gateway.stop()
  const places = { ...restBefore, 'log at the end': gateway.logs(), ...stored() }
  expectNone(PROVIDER_KEY, { ...places, ...answers })
  expectNone(PROMPT, places)
  expectNone(UPSTREAM_HOST, answers)
  expectNone(key.slice(20), { ...places, ...answers })
  expectNone(gateway.key.slice(20), { ...places, ...answers })

  // What the commands show of it all, too.
  for (const command of ['keys list --json', 'usage --by key --json', 'doctor --json']) {
    const shown = await runSpeka(command, { SPEKA_DATA_DIR: gateway.data, NVIDIA_API_KEY: '' })
    expectNone(key.slice(20), { [command]: shown.out + shown.error })
  }
})

test('a refused provider key is no refusal of the caller’s', async () => {
  await gateway.restart()
  const response = await fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}` },
    body: JSON.stringify({ model: 'm/refused', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_auth_failed' } })
})
