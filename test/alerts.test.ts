import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { eventually } from './support/eventually.ts'
import { runSpeka } from './support/run-speka.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const key = randomBytes(32)
const secret = `whsec_${key.toString('base64')}`

/** Whether a message is signed as the convention says: nothing of the gateway's is used here. */
function isSigned({ headers }: IncomingMessage, body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature = '' } = headers
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(at)}.${body}`)
    .digest()
  const given = Buffer.from(/^v1,(\S+)$/.exec(String(signature))?.[1] ?? '', 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

interface Received {
  readonly id: string
  readonly signed: boolean
  readonly body: { readonly id: string; readonly type: string; readonly data: Record<string, unknown> }
}

type Behaviour = 'takes' | 'answers 500' | 'hangs'

/** A receiver, and the upstream of the gateway, on this machine. */
let server: Server
let received: Received[]
let behaviour: Behaviour
let upstreamStatus: number
let gateway: Gateway | undefined

beforeEach(async () => {
  received = []
  behaviour = 'takes'
  upstreamStatus = 500
  server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.url !== '/hook') {
        response.writeHead(upstreamStatus, { 'content-type': 'application/json' })
        response.end(upstreamStatus === 200 ? JSON.stringify(answer) : '{"error":{"message":"no"}}')
        return
      }
      const id = String(request.headers['webhook-id'])
      received.push({ id, signed: isSigned(request, body), body: JSON.parse(body) as Received['body'] })
      if (behaviour !== 'hangs') response.writeHead(behaviour === 'takes' ? 204 : 500).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await gateway?.close()
  gateway = undefined
})

const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_180_000,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.', refusal: null }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

const when = { spend_of_limit: [50, 80, 100], target_down: true, provider_key_refused: true }

/** A gateway whose one provider, and whose webhook, are on this machine. */
async function start(args: readonly string[] = []): Promise<Gateway> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  gateway = await spawnGateway(
    {
      providers: { local: { type: 'openai-compatible', base_url: `${origin}/v1`, api_key: 'sk-canary' } },
      models: { m: { targets: [{ provider: 'local' }], price: { input: '1', output: '1' } } },
      alerts: [{ when, webhook: `${origin}/hook`, secret }],
    },
    { args },
  )
  return gateway
}

async function ask({ baseURL, key: virtualKey }: Pick<Gateway, 'baseURL' | 'key'>): Promise<number> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${virtualKey}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  await response.text()
  return response.status
}

interface Shown {
  readonly id: string
  readonly type: string
  readonly deliveries: readonly { readonly state: string; readonly trouble: string | null }[]
}

async function listed({ adminOrigin, adminToken }: Gateway): Promise<readonly Shown[]> {
  const response = await fetch(`${adminOrigin}/api/v1/alerts`, { headers: { authorization: `Bearer ${adminToken}` } })
  return ((await response.json()) as { data: readonly Shown[] }).data
}

/** The operator's listener of several workers opens behind them. */
const isDelivered = (one: Gateway): Promise<boolean> =>
  listed(one).then(
    ([alert]) => alert?.deliveries[0]?.state === 'delivered',
    () => false,
  )

test('an alert outlives a kill, and is sent under its id until it is taken', async () => {
  behaviour = 'answers 500'
  const one = await start()
  for (let n = 0; n < 5; n += 1) await ask(one)
  const trouble = async () => (await listed(one))[0]?.deliveries[0]?.trouble
  await eventually(async () => (await trouble()) === 'it answered 500', 'a target that fails is told')
  behaviour = 'hangs'
  await one.kill()
  await one.restart()
  await eventually(() => received.length === 2, 'it is sent again in the next life')
  behaviour = 'takes'
  await one.stop()
  await one.restart()
  await eventually(() => isDelivered(one), 'it is delivered')
  expect(received.every(({ signed }) => signed)).toBe(true)
  expect(new Set(received.map(({ id }) => id)).size).toBe(1)
  expect(received[0]?.body).toMatchObject({
    id: received[0]?.id,
    type: 'target.down',
    data: { provider: 'local', upstream_model: 'm' },
  })
  expect(await listed(one)).toMatchObject([
    { id: received[0]?.id, type: 'target.down', deliveries: [{ state: 'delivered', attempts: 3 }] },
  ])
  upstreamStatus = 200
  await eventually(async () => {
    await ask(one)
    return received.some(({ body }) => body.type === 'target.up')
  }, 'it is up again')
})

test('of several workers one tells, once', async () => {
  upstreamStatus = 401
  const one = await start(['--workers', '2'])
  await Promise.all(Array.from({ length: 20 }, () => ask(one)))
  await eventually(() => isDelivered(one), 'it is delivered')
  await Promise.all(Array.from({ length: 20 }, () => ask(one)))
  await one.stop()
  expect(received).toMatchObject([
    { signed: true, body: { type: 'provider_key.refused', data: { provider: 'local', position: 1 } } },
  ])
  expect(JSON.stringify(received)).not.toContain('canary')
})

/** The percentages that were told of a limit, in order. */
const percentages = (): unknown[] =>
  received.flatMap(({ body: { type, data } }) => (type === 'limit.threshold_reached' ? data['percent'] : []))

test('a limit tells each percentage once, over several workers, and not again in the next life', async () => {
  upstreamStatus = 200
  const one = await start(['--workers', '2'])
  const environment = { SPEKA_DATA_DIR: one.data }
  const made = await runSpeka('keys create --name k --json', environment)
  const { id, key: virtualKey } = JSON.parse(made.out) as { id: string; key: string }
  // An answer costs 0.000002 USD.
  await runSpeka(`limits set --key ${id} --usd 0.00001 --reset never --on-reached notify`, environment)
  const key = { baseURL: one.baseURL, key: virtualKey }
  await eventually(async () => {
    await ask(key)
    return percentages().length === 3
  }, 'every percentage is told')
  await one.restart()
  expect(await ask(key)).toBe(200)
  await one.stop()
  expect(percentages()).toEqual([50, 80, 100])
  expect(received[0]?.body.data).toMatchObject({
    account: 'default',
    limit_usd: '0.00001',
    limit: { subject: { kind: 'key', id }, window: 'lifetime', on_reached: 'notify' },
    resets_at: null,
  })
})
