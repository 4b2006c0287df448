import { readFileSync, writeFileSync } from 'node:fs'
import { mintKey } from '../packages/server/src/keys/key-format.ts'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { eventually } from './support/eventually.ts'
import { runSpeka } from './support/run-speka.ts'
import { delta, event, startScriptedUpstream, streamHead, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

let upstream: ScriptedUpstream
let gateway: Gateway

const endpoints = {
  'chat/completions': { messages: [{ role: 'user', content: 'Hi' }] },
  completions: { prompt: 'Hi' },
  responses: { input: 'Hi' },
} as const

type Endpoint = keyof typeof endpoints

/** What a configuration holds besides its keys. */
const config = (): object => ({
  providers: { scripted: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
  models: { 'm/*': { targets: [{ provider: 'scripted' }], price: { input: '1', output: '2' } } },
})

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  upstream.on('m/talks', [streamHead, event(delta('one ', true)), event(delta('two')), 'hang'])
  upstream.on('m/thinks', ['hang'])
  gateway = await spawnGateway(config(), { args: ['--workers', '2'] })
})

beforeEach(() => upstream.clear())

afterAll(async () => {
  await gateway?.close()
  await upstream?.close()
})

/** Begins a request, on a connection of its own: either worker may get it. */
const begin = (key: string, endpoint: Endpoint, model: string, stream: boolean) =>
  fetch(`${gateway.baseURL}/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model, stream, ...endpoints[endpoint] }),
  })

/** Runs a command beside the gateway, and says what it showed. */
async function speka(command: string): Promise<{ id: string; key: string }> {
  const { out } = await runSpeka(`${command} --json`, { SPEKA_DATA_DIR: gateway.data })
  return JSON.parse(out) as { id: string; key: string }
}

const createKey = () => speka('keys create --name a')

const streamed: readonly Endpoint[] = ['chat/completions', 'completions', 'responses', 'chat/completions']

/** Streams that have begun, on every endpoint, and an answer in one piece that has not. */
async function beginAll(key: string) {
  const streams = await Promise.all(streamed.map((endpoint) => begin(key, endpoint, 'm/talks', true)))
  const json = begin(key, 'chat/completions', 'm/thinks', false)
  await eventually(() => upstream.seen.length === streamed.length + 1, 'all have reached the upstream')
  return { streams, json }
}

/** That they all end, with an error that says why and no end mark, and that each is charged for what was delivered. */
async function expectEnded(
  { streams, json }: Awaited<ReturnType<typeof beginAll>>,
  why: string,
  { code, status } = { code: 'invalid_api_key', status: 401 },
): Promise<void> {
  for (const response of streams) {
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(text).toContain('one ')
    expect(text).toContain(code)
    expect(text).toContain(why)
    expect(text).not.toContain('[DONE]')
    expect(text).not.toContain('response.completed')
  }
  const refused = await json
  expect(refused.status).toBe(status)
  expect(await refused.json()).toMatchObject({
    error: { code, message: expect.stringContaining(why) },
  })
  await Promise.all(upstream.seen.map((seen) => seen.whenClosed()))
  const store = await storeIn(gateway.data).open()
  for (const response of [...streams, refused]) {
    const record = await store.ledger.find(response.headers.get('x-request-id') ?? '')
    expect(record).toMatchObject({ outcome: 'cancelled', errorCode: code })
    if (response === refused) expect(record?.charge).toBe(0n)
    else expect(record?.charge).toBeGreaterThan(0n)
  }
  await store.close()
}

test('a key revoked by another process ends its answers under way, and nobody else’s', async () => {
  const { id, key } = await createKey()
  const other = await begin(gateway.key, 'chat/completions', 'm/talks', true)
  const reader = other.body?.getReader()
  await reader?.read()
  upstream.clear()
  const begun = await beginAll(key)
  await speka(`keys revoke ${id}`)
  await expectEnded(begun, 'was revoked')
  // Still open: nothing has come, and it has not ended.
  const more = reader?.read().then(() => 'something')
  expect(await Promise.race([more, new Promise((resolve) => setImmediate(() => resolve('nothing')))])).toBe('nothing')
  await reader?.cancel().catch(() => {})
})

test('an account that is suspended by another process ends the answers of its keys, and a member who is removed those of his', async () => {
  const { id: account } = await speka('accounts create --name acme')
  const { id: member } = await speka(`members invite --account ${account} --email a@example.com --role member`)
  const his = await speka(`keys create --name his --account ${account} --member ${member}`)
  const its = await speka(`keys create --name its --account ${account}`)
  const hisBegun = await beginAll(his.key)
  await speka(`members remove ${member}`)
  await expectEnded(hisBegun, 'has left the account')
  upstream.clear()
  const itsBegun = await beginAll(its.key)
  await speka(`accounts suspend ${account}`)
  await expectEnded(itsBegun, 'is suspended', { code: 'account_suspended', status: 403 })
})

test('a key that the configuration no longer has ends its answers under way, over a reload', async () => {
  const before = readFileSync(gateway.configFile, 'utf8')
  const { keys } = JSON.parse(before) as { keys: object[] }
  const key = mintKey('live')
  const write = (more: object[]) =>
    writeFileSync(gateway.configFile, JSON.stringify({ ...config(), keys: [...keys, ...more] }))
  write([{ name: 'more', key }])
  const known = async (): Promise<boolean> => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        fetch(`${gateway.baseURL}/models`, { headers: { authorization: `Bearer ${key}`, connection: 'close' } }),
      ),
    )
    await Promise.all(answers.map((answer) => answer.body?.cancel()))
    return answers.every(({ status }) => status === 200)
  }
  await eventually(known, 'both workers know the key')
  const begun = await beginAll(key)
  write([])
  await expectEnded(begun, 'no longer configured')
})
