import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { UsageRecord } from '@speka/core'
import { createAdminServer } from '../packages/server/src/admin/admin-server.ts'
import { repriceResult, repriceView } from '../packages/server/src/operations/reprice-view.ts'
import { pico, usageRecord } from '../packages/server/src/store/__fixtures__/usage-record.ts'
import { openMemoryStore } from '../packages/server/src/store/memory/open-store.ts'
import type { Store } from '../packages/server/src/store/store.ts'
import { adminParts, operationsOn } from './support/admin-parts.ts'

const TOKEN = 'the-token-of-the-operator'
const OCTOBER = Date.UTC(2026, 9, 1)
const NOW = Date.UTC(2026, 10, 15)
const DAY = 86_400_000

let admin: Server
let store: Store
/** Two accounts with a request each in October, and the token of the owner of the first. */
let mine: { id: string; token: string }
let other: { id: string; token: string }

beforeEach(async () => {
  store = openMemoryStore()
  admin = createAdminServer(TOKEN, adminParts({ operations: operationsOn(store, Buffer.from('pepper'), () => NOW) }))
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
  mine = await account('mine')
  other = await account('other')
  for (const { id } of [mine, other]) await store.ledger.settle(row(id))
})
afterEach(() => {
  admin.close()
  admin.closeAllConnections()
})

/** 100 tokens of a prompt and 10 of an answer, at 0.00021 USD; by {@link said} they are 0.00012. */
const row = (of: string, changes: Parameters<typeof usageRecord>[0] = {}): UsageRecord =>
  usageRecord({
    account: of,
    createdAt: OCTOBER + DAY,
    usage: { inputTokens: 100, outputTokens: 10 },
    price: { input: pico(2_000_000n), output: pico(1_000_000n), source: 'config' },
    charge: 210_000_000n,
    ...changes,
  })

const said = {
  models: 'acme/*',
  since: '2026-10-01T00:00:00Z',
  until: '2026-11-01T00:00:00Z',
  price: { input: '1', output: '2' },
}

async function ask(method: string, path: string, { token = TOKEN, body }: { token?: string; body?: unknown } = {}) {
  const { port } = admin.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
}

const reprice = (changes: object = {}, token?: string) =>
  ask('POST', '/reprices', { body: { ...said, ...changes }, ...(token !== undefined && { token }) })

async function account(name: string): Promise<{ id: string; token: string }> {
  const { id } = (await ask('POST', '/accounts', { body: { name } })).body as { id: string }
  const { token } = (await ask('POST', '/tokens', { body: { account: id, name, role: 'owner' } })).body as {
    token: string
  }
  return { id, token }
}

/** What is on record of reprices, and of what came of them. */
const written = async () => ({
  reprices: (await store.registry.list('reprice')).length,
  adjustments: (await store.registry.list('adjustment')).map(({ record }) => [record.account, record.kind, record.usd]),
})
const nothing = { reprices: 0, adjustments: [] }

test('without apply it is told what rows come to, and nothing is written', async () => {
  const version = await store.registry.version()
  for (const changes of [{}, { apply: false }]) {
    const { status, body } = await reprice(changes)
    expect(status).toBe(200)
    expect(repriceResult.parse(body)).toMatchObject({
      id: null,
      applied: false,
      rows: 2,
      charged_usd: '0.00042',
      repriced_usd: '0.00024',
      difference_usd: '-0.00018',
    })
  }
  expect(await store.registry.version()).toBe(version)
  expect((await ask('GET', '/reprices')).body).toMatchObject({ data: [], next: null })
})

test('with apply each account gets its difference once, rows stay as they are, and it is listed', async () => {
  const { status, body } = await reprice({ apply: true })
  expect(status).toBe(200)
  expect(repriceResult.parse(body)).toMatchObject({ applied: true, difference_usd: '-0.00018' })
  const once = await written()
  expect(once).toMatchObject({ reprices: 1 })
  expect(new Set(once.adjustments.map(([of]) => of))).toEqual(new Set([mine.id, other.id]))
  for (const [, kind, usd] of once.adjustments) expect([kind, usd]).toEqual(['usage', '-0.00009'])
  expect((await reprice({ apply: true })).body).toMatchObject({ difference_usd: '0' })
  expect(await written()).toEqual(once)
  const [{ charge } = { charge: 0n }] = await store.ledger.totals({ by: 'account', account: mine.id })
  expect(charge).toBe(210_000_000n)
  const listed = (await ask('GET', '/reprices')).body as { data: unknown[] }
  expect(listed.data.map((one) => repriceView.parse(one))).toMatchObject([{ models: 'acme/*' }])
})

test('a draft has the difference as usage that was corrected', async () => {
  await reprice({ apply: true })
  const { body } = await ask('GET', `/invoices/draft?account=${mine.id}&month=2026-11`)
  expect(body).toMatchObject({
    lines: [{ kind: 'adjustment', of: 'usage', about: '2026-10', amount_usd: '-0.00009' }],
    net_exact_usd: '-0.00009',
  })
})

test.each(['owner', 'admin', 'billing', 'viewer'])(
  'a token of an account neither reprices nor lists reprices, as %s',
  async (role) => {
    const { body } = await ask('POST', '/tokens', { body: { account: mine.id, name: 'x', role } })
    const { token } = body as { token: string }
    for (const changes of [{}, { apply: true }])
      expect(await reprice(changes, token)).toMatchObject({ status: 403, type: 'application/problem+json' })
    // There is no such thing as a reprice of one account.
    for (const { id } of [mine, other]) expect((await reprice({ apply: true, account: id }, token)).status).toBe(400)
    expect((await ask('GET', '/reprices', { token })).status).toBe(403)
    expect(await written()).toEqual(nothing)
  },
)

test('an account sees the difference that it gets, and none of another', async () => {
  await reprice({ apply: true })
  const { body } = await ask('GET', '/adjustments', { token: mine.token })
  expect((body as { data: { account: string }[] }).data.map((one) => one.account)).toEqual([mine.id])
  expect(JSON.stringify(body)).not.toContain(other.id)
})

test('whoever says no token is told nothing', async () => {
  expect((await reprice({ apply: true }, 'wrong')).status).toBe(401)
  expect(await written()).toEqual(nothing)
})

test.each<[what: string, changes: object, param: string]>([
  ['no models', { models: undefined }, 'models'],
  ['models that are no text', { models: ['acme/*'] }, 'models'],
  ['no beginning', { since: undefined }, 'since'],
  ['a moment that is none', { since: 'soon' }, 'since'],
  ['an end before its beginning', { until: '2026-09-01T00:00:00Z' }, 'until'],
  ['an end that lies ahead', { until: '2026-12-01T00:00:00Z' }, 'until'],
  ['no price', { price: undefined }, 'price'],
  ['a price below zero', { price: { input: '-1' } }, 'price.input'],
  ['a price that is a number', { price: { input: 1 } }, 'price.input'],
  ['a price finer than a pico-dollar a token', { price: { input: '0.0000001' } }, 'price.input'],
  ['a unit that there is not', { price: { inputs: '1' } }, 'inputs'],
  ['an apply that is neither', { apply: 'yes' }, 'apply'],
  ['an account: it is for all', { account: 'acc_1' }, 'account'],
])('%s is refused by name, and nothing is written', async (_, changes, param) => {
  const { status, type, body } = await reprice({ apply: true, ...changes })
  expect([status, type]).toEqual([400, 'application/problem+json'])
  expect(JSON.stringify(body)).toContain(param)
  expect(await written()).toEqual(nothing)
})

test.each(['', '{', '[]', 'null', '"reprice"'])('a body that is no object is refused: %j', async (body) => {
  expect((await ask('POST', '/reprices', { body })).status).toBe(400)
  expect(await written()).toEqual(nothing)
})
