import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseUsd } from '@speka/core'
import { DatabaseSync } from 'node:sqlite'
import { monthOf, previousMonth, spanOfMonth } from '../packages/server/src/billing/month.ts'
import { usageRecord } from '../packages/server/src/store/__fixtures__/usage-record.ts'
import { accountRecord } from '../packages/server/src/store/__fixtures__/records.ts'
import { checkChain } from '../packages/server/src/store/invoice-chain.ts'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { runSpeka } from './support/run-speka.ts'
import { fromSource, node, spawnGateway, type Gateway } from './support/spawn-gateway.ts'

/** Over for long, whatever day it is. */
const MONTH = previousMonth(previousMonth(monthOf(Date.now())))
const { from: START } = spanOfMonth(MONTH)
const ACCOUNTS = 300

let gateway: Gateway

beforeAll(async () => {
  gateway = await spawnGateway({
    billing: { seller: { name: 'Acme Ltd', country: 'IE' }, tax: [{ country: 'DE', rate: '19' }] },
  })
})
afterAll(() => gateway?.close())

const speka = (...args: string[]) => runSpeka(args, { SPEKA_DATA_DIR: gateway.data, SPEKA_CONFIG: gateway.configFile })

async function api(method: string, path: string, { accept, body }: { accept?: string; body?: object } = {}) {
  const response = await fetch(`${gateway.adminOrigin}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${gateway.adminToken}`,
      ...(accept !== undefined && { accept }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

/** Accounts that there were in that month, each with a request of as many dollars as its number. */
async function fill(first: number, count: number): Promise<void> {
  const store = await storeIn(gateway.data).open()
  for (let n = first; n < first + count; n += 1) {
    const account = accountRecord(`acc_${n}`, { createdAt: START + n, buyer: { country: 'DE' } })
    await store.registry.change([{ kind: 'account', after: account }], { at: 1, actor: 'operator:cli', action: 'test' })
  }
  const rows = Array.from({ length: count }, (_, n) => ({
    account: `acc_${first + n}`,
    createdAt: START + 86_400_000,
    charge: parseUsd(String(first + n)),
    price: undefined,
  }))
  await Promise.all(rows.map((row) => store.ledger.settle(usageRecord(row))))
  await store.close()
}

describe('beside a running server', () => {
  test('an invoice is drafted, adjusted, issued and shown, the same by command and by API', async () => {
    await fill(1, 2)
    const draft = await speka('invoice', '--account', 'acc_1', '--month', MONTH, '--format', 'json')
    expect(draft).toMatchObject({ code: 0, error: '' })
    expect(JSON.parse(draft.out)).toMatchObject({
      state: 'draft',
      seller: { name: 'Acme Ltd' },
      net_usd: '1',
      tax: [{ country: 'DE', tax_usd: '0.19' }],
      total_usd: '1.19',
    })
    expect((await api('GET', `/invoices/draft?account=acc_1&month=${MONTH}`)).text).toBe(draft.out)

    const closed = await speka('invoice', 'close', '--month', MONTH, '--json')
    expect(JSON.parse(closed.out)).toMatchObject({ month: MONTH, accounts: 3, issued: 2, invoices: 2 })
    const year = new Date().getUTCFullYear()
    const again = await api('POST', '/invoices/close', { body: { month: MONTH } })
    expect(JSON.parse(again.text)).toMatchObject({ issued: 0, invoices: 2, first_number: null })
    expect((await speka('invoice', 'close', '--month', MONTH)).out).toBe(
      `${MONTH} was closed already, with 2 invoices.`,
    )
    const listed = JSON.parse((await api('GET', `/invoices?month=${MONTH}&limit=1`)).text) as { next: string }
    expect(listed).toMatchObject({ data: [{ number: `${year}-000001`, account: 'acc_1' }], next: `${year}-000001` })
    const rest = JSON.parse((await api('GET', `/invoices?after=${listed.next}`)).text)
    expect(rest).toMatchObject({ data: [{ number: `${year}-000002`, total_usd: '2.38' }], next: null })

    const shown = await speka('invoice', 'show', `${year}-000001`, '--json')
    expect((await api('GET', `/invoices/${year}-000001`)).text).toBe(shown.out)
    expect(JSON.parse(shown.out)).toMatchObject({ ...JSON.parse(draft.out), ...issuedNow(shown.out) })
    expect((await api('GET', '/invoices/2001-000001')).status).toBe(404)
    expect((await speka('invoice', 'show', '2001-000001')).code).toBe(1)

    const adjusted = await speka(
      'adjustments',
      'add',
      '--account',
      'acc_1',
      '--usd',
      '-5',
      '--reason',
      'goodwill',
      '--json',
    )
    expect(JSON.parse(adjusted.out)).toMatchObject({ usd: '-5', month: monthOf(Date.now()), kind: 'amount' })
    expect(JSON.parse((await api('GET', '/adjustments?account=acc_1')).text)).toMatchObject({ data: [{ usd: '-5' }] })
  })

  test('it can be had as CSV and as a page, by command and by API', async () => {
    const path = `/invoices/draft?account=acc_2&month=${MONTH}`
    const of = ['invoice', '--account', 'acc_2', '--month', MONTH, '--format']
    const csv = await api('GET', `${path}&format=csv`)
    expect(csv).toMatchObject({ status: 200, type: 'text/csv; charset=utf-8' })
    expect((await speka(...of, 'csv')).out).toBe(csv.text.trimEnd())
    const page = await api('GET', path, { accept: 'text/html,*/*;q=0.8' })
    expect(page.type).toBe('text/html; charset=utf-8')
    expect(page.text).toMatch(/^<!doctype html>/)
    expect((await speka(...of, 'html')).out).toBe(page.text.trimEnd())
    expect((await speka('invoice', '--account', 'acc_2', '--month', MONTH)).out).toContain(`Invoice of ${MONTH}`)
    expect(await api('GET', `${path}&format=pdf`)).toMatchObject({ status: 400 })
  })

  test('a month that is not over ends with 1 and says when it can be closed', async () => {
    const month = monthOf(Date.now())
    const { code, out, error } = await speka('invoice', 'close', '--month', month)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(error).toMatch(new RegExp(`^${month} can be closed from \\d{4}-\\d\\d-02T00:00:00.000Z on`))
    expect(await api('POST', '/invoices/close', { body: { month } })).toMatchObject({ status: 409 })
    expect(await api('POST', '/invoices/close', { body: { month: '2026-13' } })).toMatchObject({ status: 400 })
  })

  test('two that close at once, of whom one is killed in its midst, issue each invoice once', async () => {
    await fill(3, ACCOUNTS)
    const before = (await issued()).length
    const closing = [closeInProcess(), closeInProcess()]
    while ((await issued()).length === before) await new Promise((resolve) => setImmediate(resolve))
    closing[0]?.child.kill('SIGKILL')
    await Promise.all(closing.map(({ ended }) => ended))
    const all = await issued()
    expect(all).toHaveLength(before + ACCOUNTS)
    expect(checkChain(all)).toEqual([])
    expect(await speka('ledger', 'verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`${all.length} invoices as they were issued, and each equals its records.`),
    })
  })

  test('one that was changed by hand is named by verify', async () => {
    const db = new DatabaseSync(storeIn(gateway.data).name)
    db.exec(
      `DROP TRIGGER invoice_is_never_changed; UPDATE invoice SET body = replace(body, '"net_usd"', '"net_uzd"') WHERE n = 2`,
    )
    db.close()
    const { code, error } = await speka('ledger', 'verify')
    expect(code).toBe(1)
    expect(error).toContain('-000002 is not as it was issued: its hash does not fit.')
  })
})

const issuedNow = (shown: string) => {
  const { number, issued_at, hash, previous_hash } = JSON.parse(shown) as Record<string, unknown>
  return { state: 'final', number, issued_at, hash, previous_hash }
}

async function issued() {
  const store = await storeIn(gateway.data).openToRead()
  const all = await store.invoices.list()
  await store.close()
  return all
}

/** `speka invoice close` in a process of its own. */
function closeInProcess() {
  const args = [
    ...fromSource,
    'invoice',
    'close',
    '--month',
    MONTH,
    '--data',
    gateway.data,
    '--config',
    gateway.configFile,
  ]
  const child = spawn(node, args, { stdio: 'ignore' })
  return { child, ended: once(child, 'exit') }
}
