import { spawnSync } from 'node:child_process'
import { type Gateway, spawnGateway } from '../support/spawn-gateway.ts'
import { runProgram } from '../support/run-program.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) process.stderr.write('curl is not installed: its tests are skipped.\n')
const describeWithCurl = hasCurl ? describe : describe.skip

let gateway: Gateway

beforeAll(async () => {
  if (hasCurl) gateway = await spawnGateway()
})

afterAll(() => gateway?.close())

describeWithCurl('plain curl', () => {
  test('gets JSON', async () => {
    const { status, headers, body } = await chat({ model: 'speka/sandbox', messages: hello })
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(headers['x-speka-model']).toBe('speka/sandbox')
    const answer = JSON.parse(body)
    expect(answer.choices[0].message.content).toEqual(expect.any(String))
    expect(headers['x-speka-cost-usd']).toBe(answer.usage.cost_details.total)
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body))
  })

  test('gets server-sent events, each ended by a blank line, and [DONE] last', async () => {
    const { status, headers, body } = await chat({ model: 'speka/sandbox', messages: hello, stream: true })
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^text\/event-stream/)
    expect(headers['cache-control']).toContain('no-cache')
    expect(headers['content-encoding']).toBeUndefined()
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true)
    const events = body.split('\n\n').slice(0, -2)
    for (const event of events) expect(JSON.parse(event.replace(/^data: /, '')).object).toBe('chat.completion.chunk')
  })

  test('gets an error event and no [DONE] when the upstream breaks off', async () => {
    const { status, body } = await chat({ model: 'speka/sandbox:cut@3', messages: hello, stream: true })
    expect(status).toBe(200)
    expect(body).not.toContain('[DONE]')
    const last = body.trimEnd().split('\n\n').at(-1) ?? ''
    expect(JSON.parse(/^data: (.*)$/m.exec(last)?.[1] ?? '')).toEqual({ error: envelope })
  })

  test.each([
    { what: 'no key', request: () => curl('/v1/models'), status: 401, code: 'invalid_api_key' },
    {
      what: 'a wrong key',
      request: () => curl('/v1/models', '-H', 'Authorization: Bearer nonsense'),
      status: 401,
      code: 'invalid_api_key',
    },
    { what: 'an unknown path', request: () => get('/v1/nothing'), status: 404, code: 'unknown_url' },
    {
      what: 'an unknown model',
      request: () => get('/v1/models/nobody/nothing'),
      status: 404,
      code: 'model_not_found',
      param: 'model',
    },
    {
      what: 'the wrong method',
      request: () => get('/v1/chat/completions'),
      status: 405,
      code: 'method_not_allowed',
    },
    {
      what: 'half an object',
      request: () => post('{"model":'),
      status: 400,
      code: 'invalid_json',
    },
    {
      what: 'no messages',
      request: () => post('{"model":"speka/sandbox"}'),
      status: 400,
      code: 'missing_required_parameter',
      param: 'messages',
    },
  ])('gets $status in OpenAI’s envelope for $what', async ({ request, status, code, param = null }) => {
    const answer = await request()
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.headers['x-request-id']).toEqual(expect.any(String))
    expect(JSON.parse(answer.body)).toEqual({ error: { ...envelope, code, param } })
  })

  test.each(['speka/sandbox', 'speka%2Fsandbox', 'speka%2fsandbox'])('finds a model at /v1/models/%s', async (id) => {
    const { status, body } = await get(`/v1/models/${id}`)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ id: 'speka/sandbox', object: 'model' })
  })

  test('lists the models', async () => {
    const { status, body } = await get('/v1/models')
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ object: 'list' })
    expect(JSON.parse(body).data).toContainEqual(expect.objectContaining({ id: 'speka/sandbox', object: 'model' }))
  })

  test('is answered with the scheme of its key in any case', async () => {
    const { status } = await curl('/v1/models', '-H', `authorization: bearer ${gateway.key}`)
    expect(status).toBe(200)
  })

  test('may wait for permission to send a large body', async () => {
    const content = 'word '.repeat(200_000)
    const { status } = await chat(
      { model: 'speka/sandbox:long@1', messages: [{ role: 'user', content }] },
      '-H',
      'Expect: 100-continue',
    )
    expect(status).toBe(200)
  })

  test('may send a body in chunks', async () => {
    const { status } = await chat({ model: 'speka/sandbox', messages: hello }, '-H', 'Transfer-Encoding: chunked')
    expect(status).toBe(200)
  })

  test('finds the record of a request by its id', async () => {
    const { headers, body } = await chat({ model: 'speka/sandbox', messages: hello })
    const record = await get(`/v1/generation?id=${headers['x-request-id']}`)
    expect(record.status).toBe(200)
    expect(record.body).toContain(JSON.parse(body).usage.cost_details.total)
  })

  test('sees health without a key', async () => {
    expect((await curl('/healthz')).status).toBe(200)
    expect((await curl('/readyz')).status).toBe(200)
  })
})

const hello = [{ role: 'user', content: 'Say hello to the world.' }]

const envelope = {
  message: expect.any(String),
  type: expect.any(String),
  param: null,
  code: expect.any(String),
}

function get(path: string): Promise<Reply> {
  return curl(path, '-H', `Authorization: Bearer ${gateway.key}`)
}

function chat(request: object, ...args: string[]): Promise<Reply> {
  return post(JSON.stringify(request), ...args)
}

function post(body: string, ...args: string[]): Promise<Reply> {
  const headers = ['-H', `Authorization: Bearer ${gateway.key}`, '-H', 'Content-Type: application/json']
  return send('/v1/chat/completions', body, [...headers, '--data-binary', '@-', ...args])
}

function curl(path: string, ...args: string[]): Promise<Reply> {
  return send(path, '', args)
}

interface Reply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

const options = '--silent --show-error --include --no-buffer --path-as-is --noproxy * --max-time 30'.split(' ')

/** The body goes through standard input, since a large one does not fit on a command line. */
async function send(path: string, input: string, args: string[]): Promise<Reply> {
  const { code, stdout, stderr } = await runProgram('curl', [...options, ...args, gateway.origin + path], { input })
  if (code !== 0) throw new Error(`curl ended with exit code ${code}: ${stderr}`)
  // An interim response (100 Continue) has a head of its own before the last.
  const answer = stdout.replace(/^(?:HTTP\/\S+ 1\d\d.*?\r\n\r\n)+/s, '')
  const end = answer.indexOf('\r\n\r\n')
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n')
  return { status: Number(first.split(' ')[1]), headers: headersIn(lines), body: answer.slice(end + 4) }
}

function headersIn(lines: string[]): Record<string, string> {
  const pairs = lines.map((line) => /^([^:]+):\s*(.*)$/.exec(line) ?? [])
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), value]))
}
