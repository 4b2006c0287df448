import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { mintKey } from '../packages/server/src/keys/key-format.ts'
import { eventually } from './support/eventually.ts'
import { sayHello, startScriptedUpstream, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const RPM = 30
const PARALLEL = 3
/** As many ask all the time: far more than the rate lets through. */
const CLIENTS = 12
const WINDOW_MS = 60_000

let upstream: ScriptedUpstream
let gateway: Gateway | undefined

beforeAll(async () => {
  upstream = await startScriptedUpstream(sayHello)
})

afterEach(async () => {
  await gateway?.close()
  upstream.clear()
})

afterAll(() => upstream?.close())

interface Load {
  readonly refused: Response[]
  stop(): Promise<void>
}

/** Clients that ask one thing after the other until told to stop. */
function startLoad(key: string): Load {
  const load = { going: true }
  const refused: Response[] = []
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (load.going) {
      const response = await ask(key).catch(() => undefined)
      if (response === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        continue
      }
      if (response.status === 429) refused.push(response)
      await response.arrayBuffer().catch(() => {})
    }
  })
  return {
    refused,
    async stop() {
      load.going = false
      await Promise.all(clients)
    },
  }
}

const ask = (key: string): Promise<Response> =>
  fetch(`${gateway?.baseURL}/chat/completions`, {
    method: 'POST',
    // One that the supervisor had just given to the killed worker is never answered.
    signal: AbortSignal.timeout(10_000),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'scripted/echo', messages: [{ role: 'user', content: 'Hi' }] }),
  })

async function start(args: readonly string[] = []): Promise<{ gateway: Gateway; key: string }> {
  const key = mintKey('live')
  const config = {
    providers: { scripted: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
    models: { 'scripted/*': { targets: [{ provider: 'scripted' }], price: { input: '1', output: '2' } } },
    keys: [{ name: 'limited', key, limits: { rpm: RPM, rpd: 1000, max_parallel: PARALLEL } }],
  }
  gateway = await spawnGateway(config, { args, unwatched: true })
  return { gateway, key }
}

function mostInWindow(): number {
  const arrivals = upstream.seen.map(({ at }) => at)
  const within = arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + WINDOW_MS).length)
  return Math.max(0, ...within)
}

test('a gateway that is killed under load, again and again, goes on with what it had counted', async () => {
  const { gateway: killed, key } = await start()
  for (let kill = 0; kill < 3; kill += 1) {
    const before = upstream.seen.length
    const load = startLoad(key)
    await eventually(() => upstream.seen.length > before + 5, 'some are admitted')
    await killed.kill()
    await load.stop()
    await killed.restart()
  }
  const load = startLoad(key)
  await eventually(() => load.refused.length > 50, 'the rate is used up')
  await load.stop()
  expect(mostInWindow()).toBeLessThanOrEqual(RPM)
  const refused = load.refused.find(({ headers }) => headers.get('x-ratelimit-remaining-requests') === '0')
  expect(refused?.headers.get('x-ratelimit-limit-requests')).toBe(String(RPM))
  expect(statSync(join(killed.data, 'rates.journal')).mode & 0o777).toBe(0o600)
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('workers keep one rate, also when they are killed under load', async () => {
  const { gateway: running, key } = await start(['--workers', '2'])
  const workers = (): number[] =>
    readFileSync(`/proc/${running.pid()}/task/${running.pid()}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  await eventually(() => workers().length === 2, 'both run')
  const load = startLoad(key)
  await eventually(() => upstream.seen.length > 5, 'some are admitted')
  const [victim = 0] = workers()
  process.kill(victim, 'SIGKILL')
  await eventually(() => workers().length === 2 && !workers().includes(victim), 'another takes its place')
  await eventually(() => load.refused.length > 200, 'the rate is used up')
  await load.stop()
  expect(mostInWindow()).toBeLessThanOrEqual(RPM)
  // What the killed one had under way is free again: the rate of a minute is what refuses.
  const last = await ask(key)
  expect([last.status, ((await last.json()) as { error: { limit: { kind: string } } }).error.limit.kind]).toEqual([
    429,
    'rpm',
  ])
})
