import { openRaw, post, sendRaw, type RawClient } from '../support/raw-http.ts'
import { eventually } from '../support/eventually.ts'
import { startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream.ts'
import { startApp, type StartedApp } from '../support/start-app.ts'

/** What `test/hostile-clients.test.ts` does not have of hostile callers: bodies, crowds, and corners of HTTP. */

let upstream: ScriptedUpstream
let app: StartedApp
/** The same with little patience for who sends slowly. */
let impatient: StartedApp

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const config = {
    providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
    models: { m: { targets: [{ provider: 'local' }], price: { input: '1', output: '1' } } },
  }
  app = await startApp(config)
  impatient = await startApp(config, { headersMs: 2000, requestMs: 3000 })
})

beforeEach(() => upstream.clear())

afterAll(async () => {
  await app?.close()
  await impatient?.close()
  await upstream?.close()
})

/** A chat request with this body, byte for byte. */
function chat(body: string | Uint8Array, by = app): Buffer {
  const head = post('/v1/chat/completions', by.liveKey, '')
  const bytes = Buffer.from(body)
  const start = head.replace(/Content-Length: \d+/, `Content-Length: ${bytes.length}`)
  return Buffer.concat([Buffer.from(start.slice(0, start.indexOf('\r\n\r\n') + 4)), bytes])
}

const fields = (more: string): string => `{"model":"m","messages":[{"role":"user","content":"hi"}]${more}}`

async function told(bytes: Uint8Array, by = app): Promise<string> {
  const [response] = await sendRaw(by.origin, bytes)
  const { error } = JSON.parse(response?.body ?? '{}') as { error?: { code: string; param: string | null } }
  return `${response?.status} ${error?.code ?? 'answered'}${error?.param == null ? '' : ` at ${error.param}`}`
}

const listed = (count: number, item: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => item(at)).join(',')

describe('F-44 to F-48: a body made to be misread', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['the prototype', fields(',"__proto__":{"a":1}'), '400 invalid_json'],
    ['the prototype in a tool', fields(',"metadata":{"__proto__":"x"}'), '400 invalid_json'],
    ['the prototype behind escapes', fields(String.raw`,"\u005f_proto__":1`), '400 invalid_json'],
    ['a prototype of the constructor', fields(',"constructor":{"prototype":{"__proto__":1}}'), '400 invalid_json'],
    ['a hundred thousand brackets', '['.repeat(100_000), '400 invalid_json'],
    ['brackets inside', fields(`,"metadata":${'['.repeat(10_000)}${']'.repeat(10_000)}`), '400 invalid_json'],
    ['braces inside', fields(`,"x":${'{"a":'.repeat(70)}1${'}'.repeat(70)}`), '400 invalid_json'],
    ['two models', fields(',"model":"dear"'), '400 duplicate_parameter at model'],
    ['two models, one behind escapes', fields(String.raw`,"m\u006fdel":"dear"`), '400 duplicate_parameter at model'],
    ['two limits', fields(',"max_tokens":1,"max_tokens":100000'), '400 duplicate_parameter at max_tokens'],
    ['two counts', fields(',"n":1,"n":100'), '400 duplicate_parameter at n'],
    ['two ways', fields(',"stream":false,"stream":true'), '400 duplicate_parameter at stream'],
    ['a number that is infinite', fields(',"max_tokens":1e400'), '400 invalid_value at max_tokens'],
    ['a number that is not exact', fields(',"max_tokens":9007199254740993'), '400 invalid_value at max_tokens'],
    ['a number that is not whole', fields(',"max_tokens":1.5'), '400 invalid_value at max_tokens'],
    ['a number below', fields(',"n":-1'), '400 invalid_value at n'],
    ['minus nothing', fields(',"n":-0'), '400 invalid_value at n'],
    ['a number in quotes', fields(',"max_tokens":"5"'), '400 invalid_value at max_tokens'],
    ['a number that is none', fields(',"max_tokens":NaN'), '400 invalid_json'],
    ['a million choices', fields(',"n":1000000'), '400 invalid_value at n'],
    ['bytes that are no UTF-8', Buffer.from(fields(',"user":"\xff"'), 'latin1'), '400 invalid_json'],
    ['half a letter', Buffer.from(fields(',"user":"\u00fc"')).subarray(0, -3), '400 invalid_json'],
    ['a byte order mark', `\uFEFF${fields('')}`, '400 invalid_json'],
    ['a NUL between fields', fields('\0,"a":1'), '400 invalid_json'],
    ['UTF-16', Buffer.from(fields(''), 'utf16le'), '400 invalid_json'],
    ['half of a pair in the model', fields('').replace('"m"', String.raw`"\ud800"`), '404 model_not_found at model'],
    ['more fields than any API', fields(`,${listed(600, (at) => `"f${at}":1`)}`), '400 invalid_json'],
    [
      'a hundred and one fallbacks',
      fields(`,"models":[${listed(101, (at) => `"m${at}"`)}]`),
      '400 invalid_value at models',
    ],
    [
      'ten thousand providers',
      fields(`,"provider":{"order":[${listed(10_000, (at) => `"p${at}"`)}]}`),
      '400 invalid_value at provider.order',
    ],
  ])('is refused: %s', async (_, body, expected) => {
    expect(await told(chat(body))).toBe(expected)
    expect(upstream.seen).toEqual([])
  })
})

describe('F-51: a request out of all proportion', () => {
  test.each<[string, () => string]>([
    [
      'a hundred thousand messages',
      () => `{"model":"m","messages":[${listed(100_000, () => '{"role":"user","content":"hi"}')}]}`,
    ],
    [
      'ten thousand tools',
      () => fields(`,"tools":[${listed(10_000, () => '{"type":"function","function":{"name":"f"}}')}]`),
    ],
    ['a limit of a billion tokens', () => fields(',"max_tokens":1000000000')],
    ['a hundred thousand fields of its own', () => fields(`,${listed(100_000, (at) => `"${at}":1`)}`)],
  ])('is answered or refused, and so is everybody else: %s', async (_, body) => {
    const bytes = chat(body())
    const asking = told(bytes)
    const [neighbour] = await sendRaw(app.origin, `GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n`)
    expect(neighbour?.status).toBe(200)
    expect(await asking).toMatch(/^(?:200 answered|400 invalid_\w+)/)
  })
})

const get = (...headers: string[]): string =>
  `GET /v1/models HTTP/1.1\r\n${['Host: gateway', `Authorization: Bearer ${app.liveKey}`, ...headers].join('\r\n')}\r\n\r\n`
const inChunks = (chunks: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${app.liveKey}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`

describe('corners of HTTP', () => {
  test.each([
    ['a bare CR in a header', () => get('X-A: b\rX-C: d')],
    ['a bare CR behind the request line', () => get().replace('HTTP/1.1\r\n', 'HTTP/1.1\r')],
    ['a chunk behind a bare LF', () => inChunks('2\n{}\r\n0\r\n\r\n')],
    ['an endless chunk extension', () => inChunks(`2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)],
    ['a length below nothing', () => get('Content-Length: -1')],
    [
      'a second key behind three thousand headers',
      () => get(...Array.from({ length: 3000 }, (_, at) => `a${at}: b`), 'Authorization: Bearer x'),
    ],
  ])('are refused: %s', async (_, bytes) => {
    const client = await openRaw(app.origin)
    client.send(bytes())
    await client.until('HTTP/1.1 ')
    expect(client.received()).toMatch(/^HTTP\/1\.1 4(?:00|13|31) /)
    client.destroy()
  })
})

describe('a crowd', () => {
  const CROWD = 400

  test('F-40: of slow senders is sent away, and nobody else', async () => {
    const crowd = await Promise.all(Array.from({ length: CROWD }, () => openRaw(impatient.origin)))
    const trickle = setInterval(() => crowd.forEach((client) => client.send('x')), 200).unref()
    for (const client of crowd) client.send('GET /v1/models HTTP/1.1\r\nHost: g\r\nX-A: ')
    expect(await told(chat(fields(''), impatient), impatient)).toBe('200 answered')
    const ended: RawClient[] = []
    await eventually(() => {
      for (const client of crowd) if (client.socket.destroyed && !ended.includes(client)) ended.push(client)
      return ended.length === CROWD
    }, 'all are sent away')
    clearInterval(trickle)
    // Whoever was still sending may have lost the answer with the connection.
    const answered = crowd.filter((client) => client.received().startsWith('HTTP/1.1 408 '))
    expect(answered.length).toBeGreaterThan(CROWD / 2)
  })

  test('F-52: of idle connections keeps nobody from an answer', async () => {
    const crowd = await Promise.all(Array.from({ length: CROWD }, () => openRaw(app.origin)))
    for (const client of crowd) client.send('GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n')
    await Promise.all(crowd.map((client) => client.until('"ok"')))
    expect(await told(chat(fields('')))).toBe('200 answered')
    for (const client of crowd) client.destroy()
    await eventually(() => app.inFlight.count === 0, 'nothing is under way')
  })
})
