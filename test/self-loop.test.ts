import { mintKey } from '../packages/server/src/keys/key-format.ts'
import { eventually } from './support/eventually.ts'
import { freePort } from './support/free-port.ts'
import { type Gateway, spawnGateway } from './support/spawn-gateway.ts'

const body = (stream: boolean): string =>
  JSON.stringify({ model: 'round/and-round', messages: [{ role: 'user', content: 'Hello!' }], stream })

const models = (provider: string): object => ({ 'round/*': { targets: [{ provider }] } })
/** Two gateways, each the other's only provider; `type` is what the first takes the second for. */
async function startLoop(type: string): Promise<{ first: Gateway; second: Gateway }> {
  const [firstPort, key] = [await freePort(), mintKey('live')]
  const keys = [{ name: 'loop', key }]
  const second = await spawnGateway({
    keys,
    providers: { first: { type, base_url: `http://127.0.0.1:${firstPort}/v1`, api_key: key } },
    models: models('first'),
  })
  const first = await spawnGateway(
    { keys, providers: { second: { type, base_url: second.baseURL, api_key: key } }, models: models('second') },
    { port: firstPort },
  )
  return { first: { ...first, key }, second }
}

describe.each([
  // A gateway trusts another to have retried; any other upstream is tried again, up to the budget of attempts.
  { type: 'speka', attempts: 1, streams: [false, true] },
  { type: 'openai-compatible', attempts: 4, streams: [true] },
])('a gateway that leads back to itself as $type', ({ type, attempts, streams }) => {
  let first: Gateway
  let second: Gateway

  beforeAll(async () => {
    ;({ first, second } = await startLoop(type))
  })

  afterAll(async () => {
    await Promise.all([first?.close(), second?.close()])
  })

  test.each(streams.map((stream) => ({ stream })))(
    'ends with an error, and the second does not begin the round again (stream: $stream)',
    async ({ stream }) => {
      const response = await fetch(`${first.baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${first.key}`, 'content-type': 'application/json' },
        body: body(stream),
      })
      const { error } = (await response.json()) as { error: { code: string; message: string } }
      expect(response.status).toBeGreaterThanOrEqual(502)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(error.message).toContain('Provider "second"')
      expect(Number(/after (\d+) attempts/.exec(error.message)?.[1] ?? 1)).toBeLessThanOrEqual(attempts)
      await eventually(() => second.logs().includes('leads back to this gateway'), 'the second says why')
    },
  )
})
