import { eventually } from './support/eventually.ts'
import { runSpeka } from './support/run-speka.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

/** A plan that stops, as Free does, after a few requests. */
const tiny = { price_usd: '0', included_usd: '0.00005', overage: 'stop' }

/** One request costs this much at the most. */
const MOST_USD = 0.00003

let gateway: Gateway
beforeEach(async () => {
  gateway = await spawnGateway({ plans: { tiny } })
})
afterEach(() => gateway?.close())

type Shown = Readonly<Record<string, string>>

async function speka(command: string): Promise<Shown> {
  const { code, out, error } = await runSpeka(`${command} --json`, {
    SPEKA_DATA_DIR: gateway.data,
    SPEKA_CONFIG: gateway.configFile,
  })
  expect({ code, error }).toEqual({ code: 0, error: '' })
  return JSON.parse(out) as Shown
}

interface Answer {
  readonly status: number
  readonly error?: { readonly message: string; readonly limit?: Readonly<Record<string, string | null>> }
}

async function ask(key: string | undefined): Promise<Answer> {
  const response = await fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'speka/sandbox',
      messages: [{ role: 'user', content: 'Hello!' }],
      max_tokens: 20,
    }),
  })
  return { ...((await response.json()) as object), status: response.status }
}

/** Asks until it is refused for want of money. */
async function spendAll(key: string | undefined): Promise<Answer> {
  let answer = await ask(key)
  await eventually(async () => {
    answer = await ask(key)
    return answer.status === 402
  }, 'it is refused for want of money')
  return answer
}

const answers = (key: string | undefined) =>
  eventually(async () => (await ask(key)).status === 200, 'requests are answered')

const spentOf = async (key: string | undefined): Promise<number> => {
  const response = await fetch(`${gateway.baseURL}/key`, { headers: { authorization: `Bearer ${key}` } })
  return ((await response.json()) as { usage: number }).usage
}

test('a plan that stops goes on with credit until that is spent, and with a larger plan', async () => {
  const { account, key } = await speka('keys create --name shop --plan tiny')
  const refused = await spendAll(key)
  expect(refused.error).toMatchObject({
    message: expect.stringContaining('go on with a larger plan or with credit'),
    limit: { subject: 'account', kind: 'usd', window: 'month', limit: '0.00005' },
  })
  const before = await spentOf(key)
  expect(before).toBeLessThanOrEqual(0.00005)

  await speka(`credits grant --account ${account} --usd 0.0001`)
  await answers(key)
  const again = await spendAll(key)
  expect(again.error?.limit).toMatchObject({ limit: '0.00015' })
  const after = await spentOf(key)
  expect(after).toBeLessThanOrEqual(0.00015)
  expect(after).toBeGreaterThan(0.00015 - MOST_USD)

  await speka(`accounts plan ${account} starter`)
  await answers(key)
})

test('a plan that stops counts what its invoice would charge: nothing of test keys, and corrections of usage', async () => {
  const { account, key } = await speka('keys create --name shop --plan tiny')
  const { key: tried } = await speka(`keys create --name trial --account ${account} --test`)
  for (let asked = 0; asked < 12; asked += 1) expect((await ask(tried)).status).toBe(200)
  expect(await spentOf(tried)).toBeGreaterThan(0.00005)
  await gateway.restart()
  await answers(key)

  await speka(`adjustments add --account ${account} --usd 0.00005 --kind usage --reason late`)
  const refused = await spendAll(key)
  expect(refused.status).toBe(402)
  await speka(`adjustments add --account ${account} --usd=-0.0001 --kind usage --reason mistaken`)
  await answers(key)
  const again = await spendAll(key)
  expect(again.error?.limit).toMatchObject({ limit: '0.0001' })
  expect(await spentOf(key)).toBeLessThanOrEqual(0.0001)
  expect((await ask(tried)).status).toBe(200)
})

test('credit that is taken back is spent no more, what was spent of it stays, and a restart knows', async () => {
  const { account, key } = await speka('keys create --name shop --plan tiny')
  const { id } = await speka(`credits grant --account ${account} --usd 1`)
  await eventually(async () => {
    await ask(key)
    return (await spentOf(key)) > 0.0001
  }, 'credit is spent')
  await gateway.restart()
  expect((await ask(key)).status).toBe(200)
  await speka(`credits revoke ${id}`)
  const refused = await spendAll(key)
  expect(Number(refused.error?.limit?.['limit'])).toBeLessThan(0.001)
  expect((await ask(key)).status).toBe(402)
})
