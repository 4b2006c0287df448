import { eventually } from './support/eventually.ts'
import { startLimitedServer, type LimitedServer } from './support/limited-server.ts'
import {
  completion,
  delta,
  event,
  json,
  stream,
  streamHead,
  type SeenRequest,
  type Step,
} from './support/scripted-upstream.ts'

/**
 * What went wrong with budgets in gateways that others run, each as their users met it. Two workers on one store, so that nothing holds
 * only within a process. A million tokens cost a dollar going in and two coming out.
 */
let server: LimitedServer

beforeAll(async () => {
  server = await startLimitedServer({}, { args: ['--workers', '2'] })
})
afterAll(() => server?.close())

/** An answer that costs a tenth of a cent. */
const tenthOfACent = { input: 10, output: 495 }
const asAsked =
  (counts: typeof tenthOfACent, pauseMs = 0) =>
  ({ body }: SeenRequest): Step[] =>
    body.includes('"stream":true') ? stream(['Hel', 'lo'], counts, pauseMs) : json(completion('Hello', counts))

const limited = (usd: string, reset = 'never') => server.key(`--limit-usd ${usd} --reset ${reset}`)

async function atRest(key: string): Promise<void> {
  const nothingHeld = async (): Promise<boolean> => (await server.limits(key)).every(({ held }) => Number(held) === 0)
  await eventually(nothingHeld, 'nothing is held')
}

const spentOf = async (key: string): Promise<string | undefined> => (await server.limits(key))[0]?.spent

/** Asks one after the other until refused, or so often. */
async function askUntilRefused(
  key: string,
  most: number,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  for (let answered = 0; answered < most; answered += 1) {
    const { status } = await server.chat(key, changes)
    if (status === 402) return answered
    expect(status).toBe(200)
  }
  return most
}

test('replicas that start do not begin a budget anew, nor add it up twice (BerriAI/litellm#28247)', async () => {
  server.upstream.on('m/tenth', asAsked(tenthOfACent))
  const { key } = await limited('0.01')
  for (let count = 0; count < 4; count += 1)
    expect(await server.chat(key, { model: 'm/tenth', max_tokens: 500 })).toMatchObject({ status: 200 })
  await atRest(key)
  expect(await spentOf(key)).toBe('0.004')
  await server.gateway.restart()
  expect(await spentOf(key)).toBe('0.004')
  // What is left is there to the last request that it can be enough for, and no further.
  const answered = await askUntilRefused(key, 10, { model: 'm/tenth', max_tokens: 500 })
  expect(answered).toBeGreaterThanOrEqual(3)
  expect(answered).toBeLessThanOrEqual(6)
})

test('a counter of a month does not begin anew in the middle of it, however its process ends (BerriAI/litellm#34238)', async () => {
  server.upstream.on('m/tenth', asAsked(tenthOfACent))
  const { key } = await limited('1', 'monthly')
  await server.chat(key, { model: 'm/tenth' })
  await atRest(key)
  await server.gateway.kill()
  await server.gateway.restart()
  await server.chat(key, { model: 'm/tenth' })
  await atRest(key)
  expect(await spentOf(key)).toBe('0.002')
})

test.each<[string, readonly Step[]]>([
  ['an error of the upstream', json({ error: { message: 'No.' } }, 400)],
  ['an upstream that is overloaded', json({ error: { message: 'Later.' } }, 503)],
  ['a connection that is reset', ['reset']],
  ['an answer that is garbage', json('garbage')],
])('%s sets free all that was held (BerriAI/litellm#27639)', async (_, script) => {
  server.upstream.on('m/fails', script)
  const { key } = await limited('0.5')
  for (let count = 0; count < 3; count += 1) {
    const { status } = await server.chat(key, { model: 'm/fails', max_tokens: 200_000 })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).not.toBe(402)
  }
  await atRest(key)
  expect(await spentOf(key)).toBe('0')
})

test('a caller who leaves sets free all but what was made for it (BerriAI/litellm#27639)', async () => {
  server.upstream.on('m/slow', ['hang'])
  const { key } = await limited('0.5')
  const leaving = new AbortController()
  const asked = server.chat(key, { model: 'm/slow', max_tokens: 200_000 }, leaving.signal)
  await eventually(async () => Number((await server.limits(key))[0]?.held) > 0.39, 'it is held')
  leaving.abort()
  await expect(asked).rejects.toThrow('abort')
  await atRest(key)
  expect(await server.chat(key, { max_tokens: 200_000 })).toMatchObject({ status: 200 })
})

test('requests of one process do not race each other past a budget (BerriAI/litellm#36926)', async () => {
  server.upstream.on('m/tenth', asAsked(tenthOfACent, 20))
  const { key } = await limited('0.02')
  const asked = Array.from({ length: 60 }, () => server.chat(key, { model: 'm/tenth', max_tokens: 495 }))
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  const answered = statuses.filter((status) => status === 200).length
  expect(statuses.filter((status) => status !== 200 && status !== 402)).toEqual([])
  expect(answered).toBeGreaterThan(0)
  expect(answered).toBeLessThanOrEqual(20)
  await atRest(key)
  expect(Number(await spentOf(key))).toBeCloseTo(answered / 1000, 12)
})

test('what was spent by way of one replica is spent for all of them (BerriAI/litellm#33325, maximhq/bifrost#3547)', async () => {
  server.upstream.on('m/tenth', asAsked(tenthOfACent))
  const { key } = await limited('0.012')
  // A connection of its own each: they take turns among the workers.
  const answered = await askUntilRefused(key, 40, { model: 'm/tenth', max_tokens: 495 })
  expect(answered).toBeGreaterThanOrEqual(8)
  expect(answered).toBeLessThanOrEqual(12)
  for (let again = 0; again < 6; again += 1)
    expect(await server.chat(key, { model: 'm/tenth', max_tokens: 5000 })).toMatchObject({ status: 402 })
})

test('a large balance has money set aside as a small one has (songquanpeng/one-api#2440, QuantumNous/new-api#6609)', async () => {
  server.upstream.on('m/slow', ['hang'])
  const { key } = await limited('9000000')
  const leaving = new AbortController()
  const asked = server.chat(key, { model: 'm/slow', max_tokens: 500_000 }, leaving.signal)
  await eventually(async () => Number((await server.limits(key))[0]?.held) >= 0.5, 'half a dollar is held')
  leaving.abort()
  await expect(asked).rejects.toThrow('abort')
  await atRest(key)
})

test('a stream that tells no usage is charged all the same (QuantumNous/new-api#5235)', async () => {
  const end = event({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  })
  server.upstream.on('m/silent', [
    streamHead,
    event(delta('Hello, and welcome to all of you.', true)),
    end,
    event('[DONE]'),
    { write: '0\r\n\r\n' },
  ])
  const { key } = await limited('0.5')
  expect((await server.chat(key, { model: 'm/silent', stream: true })).text).toContain('[DONE]')
  await atRest(key)
  expect(Number(await spentOf(key))).toBeGreaterThan(0)
})

test('a limit that is set, raised and removed is known to every replica without a restart (maximhq/bifrost PR#6415)', async () => {
  const { id, key } = await server.key('')
  const statuses = async (): Promise<number[]> =>
    Promise.all(Array.from({ length: 6 }, () => server.chat(key).then(({ status }) => status)))
  const all = (status: number) => async () => (await statuses()).every((one) => one === status)
  expect(await all(200)()).toBe(true)
  const set = (usd: string) => server.speka(`limits set --key ${id} --usd ${usd} --reset never --json`)
  const made = await set('0.000001')
  await eventually(all(402), 'all refuse')
  await set('5')
  await eventually(all(200), 'all answer again')
  await set('0.000001')
  await eventually(all(402), 'all refuse again')
  expect((await server.speka(`limits remove ${(JSON.parse(made.out) as { id: string }).id}`)).code).toBe(0)
  await eventually(all(200), 'all answer without it')
})

test('what is spent while the gateway starts counts (BerriAI/litellm#27704)', async () => {
  server.upstream.on('m/tenth', asAsked(tenthOfACent))
  const { key } = await limited('1')
  await server.gateway.stop()
  const restarted = server.gateway.restart()
  // As soon as anybody listens.
  let first: number | undefined
  const asked = async (): Promise<boolean> => {
    first = await server.chat(key, { model: 'm/tenth' }).then(
      ({ status }) => status,
      () => undefined,
    )
    return first !== undefined
  }
  await eventually(asked, 'it listens')
  await restarted
  expect(first).toBe(200)
  await atRest(key)
  expect(await spentOf(key)).toBe('0.001')
})

test('a refusal says which budget it was, how much is spent and held, and when it begins anew (BerriAI/litellm#14144)', async () => {
  const { key } = await limited('0.0001', 'monthly')
  await server.speka('limits set --environment prod --usd 1000 --reset daily')
  const { status, error, headers } = await server.chat(key, { max_tokens: 1000 })
  expect(status).toBe(402)
  expect(error).toMatchObject({
    code: 'insufficient_quota',
    limit: { subject: 'key', kind: 'usd', window: 'month', limit: '0.0001', spent: '0', held: '0' },
  })
  const resets = Date.parse(error?.limit?.resets_at ?? '')
  expect(new Date(resets).toISOString()).toMatch(/-01T00:00:00\.000Z$/)
  expect(resets).toBeGreaterThan(Date.now())
  expect(Math.abs(Number(headers.get('retry-after')) - (resets - Date.now()) / 1000)).toBeLessThan(5)
  expect(headers.get('x-should-retry')).toBe('false')
})

test('a small budget before a crowd of long streams without a bound ends within the budget (BerriAI/litellm#12977)', async () => {
  const words = Array.from({ length: 40 }, () => 'word '.repeat(50))
  server.upstream.on('m/long', ({ body }) => {
    const most = Number(/"max_(?:completion_)?tokens":\s*(\d+)/.exec(body)?.[1] ?? 2000)
    return stream(words.slice(0, Math.ceil(most / 50)), { input: 10, output: Math.min(most, 2000) }, 2)
  })
  const { key } = await limited('0.05')
  const asked = Array.from({ length: 80 }, () => server.chat(key, { model: 'm/long', stream: true }))
  const answers = await Promise.all(asked)
  expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 402)).toEqual([])
  await atRest(key)
  const spent = Number(await spentOf(key))
  expect(spent).toBeGreaterThan(0)
  expect(spent).toBeLessThanOrEqual(0.05)
})
