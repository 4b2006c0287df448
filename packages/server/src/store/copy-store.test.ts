import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { testBudget } from '../../../core/src/limits/__fixtures__/budget.ts'
import { describeWithPostgres, newDatabase, type NewDatabase } from '../../../../test/support/services/new-database.ts'
import { accountRecord, keyRecord, memberRecord, put, somebody } from './__fixtures__/records.ts'
import { pico, usageRecord as anyRecord } from './__fixtures__/usage-record.ts'
import { copyStore, verifyStore, type CopyProgress } from './copy-store.ts'
import { readPostgresUrl } from './postgres/address.ts'
import { openDatabase } from './postgres/database.ts'
import { loadDriver } from './postgres/load-driver.ts'
import { openPostgresStore } from './postgres/open-store.ts'
import { spentBudgets } from './postgres/spent-budgets.ts'
import { makeVersion1File } from './sqlite/__fixtures__/version-1-file.ts'
import { openSqliteStore } from './sqlite/open-store.ts'
import type { Store } from './store.ts'

const NOON = Date.UTC(2026, 10, 29, 12)
const FAR = NOON + 3_600_000
const budget = testBudget(1000)
const wants = [{ lacks: [{ budget, amount: pico(10n) }] }]

describeWithPostgres('a copy of a store', () => {
  let made: NewDatabase
  const opened: Store[] = []
  beforeEach(async () => {
    made = await newDatabase()
  })
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    await made.drop()
  })
  const openCopy = async (): Promise<Store> => {
    const store = await openPostgresStore({ address: readPostgresUrl(made.url) })
    opened.push(store)
    return store
  }

  test('has all that is kept, as it was', async () => {
    const from = await fullStore()
    await copyStore({ from, to: made.url })
    const before = await openSqliteStore({ path: from })
    opened.push(before)
    const after = await openCopy()

    const { audit, invoices, ledger } = await verifyStore(after)
    expect({ audit, invoices, ledger }).toEqual(await verifyStore(before))
    expect({ audit, invoices, ledger }).toEqual({
      audit: { entries: 6 },
      invoices: { count: 3, problems: [] },
      ledger: { rows: 8, problems: [] },
    })
    for (const kind of ['account', 'key', 'member', 'session'] as const)
      expect(await after.registry.list(kind)).toEqual(await before.registry.list(kind))
    expect(await after.registry.version()).toBe(await before.registry.version())
    expect(await after.registry.membersOf('ANN@example.com')).toEqual(
      await before.registry.membersOf('ann@example.com'),
    )
    expect(await after.registry.labelSet(1)).toEqual({ tags: ['a\0b'] })
    expect(await after.registry.usesOf(['key_used'])).toEqual([{ id: 'key_used', at: 7 }])
    expect(await after.audit.list()).toEqual(await before.audit.list())
    expect(await after.invoices.list()).toEqual(await before.invoices.list())
    expect(await after.alerts.list()).toEqual(await before.alerts.list())
    expect(await after.refusals.list()).toEqual(await before.refusals.list())
    const owners = (await before.ledger.owners()).map(({ id, rows, ended }) => ({ id, rows, ended }))
    expect(await after.ledger.owners()).toMatchObject([{ id: 0, rows: 4 }, ...owners])
    for (const by of [['day', 'model'], 'key', 'account', 'tag'] as const)
      expect(await after.ledger.totals({ by })).toEqual(await before.ledger.totals({ by }))
    for (const id of idsIn(from)) expect(await after.ledger.find(id)).toEqual(await before.ledger.find(id))
  })

  test('goes on where the store was', async () => {
    const from = await fullStore()
    await copyStore({ from, to: made.url })
    const store = await openCopy()
    expect(await store.replies.claim('place', { fingerprint: 'b', now: NOON, until: FAR })).toEqual({
      state: 'kept',
      fingerprint: 'a',
      reply: new Uint8Array([0, 255, 7]),
    })
    expect([...((await store.responses.find('response_1', 'acc_1', NOON)) ?? [])]).toEqual([255, 0, 7])
    expect(await store.signInCodes.try({ address: 'ann', code: 'right', now: NOON, isUsedUp: true })).toBe('right')
    const { record } = await put(store, 'key', keyRecord({ tags: ['new'] }))
    expect(record.labels).toBe(2)
    const [issued] = await store.invoices.issue([{ account: 'acc_9', month: '2026-10', issuedAt: NOON, body: '{}' }])
    expect(issued?.number).toBe('2026-000004')
    await store.alerts.raise({
      id: 'alert_2',
      kind: 'target.up',
      at: NOON,
      account: undefined,
      body: '{}',
      endpoints: [],
    })
    await store.refusals.count([refused])
    await store.ledger.settle(usageRecord())
    expect((await store.ledger.owners()).at(-1)).toMatchObject({ id: 3, rows: 1 })
    const { ledger, audit, invoices } = await verifyStore(store)
    expect({ ledger, audit, invoices }).toEqual({
      ledger: { rows: 9, problems: [] },
      audit: { entries: 7 },
      invoices: { count: 4, problems: [] },
    })
  })

  test('counts what a gateway that was killed had charged, and takes back the rest of what it was lent', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.sqlite')
    const running = await openSqliteStore({ path, clock: { after: () => () => {} } })
    opened.push(running)
    await running.budgets.exchange({ number: 1, has: [], wants })
    for (const charge of [5n, 6n]) await running.ledger.settle(usageRecord({ charge, budgets: [1] }))
    await expect(copyStore({ from: path, to: made.url })).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('find and end that process'),
      cause: { message: expect.stringContaining(`process ${process.pid} still writes to it`) },
    })
    const from = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.sqlite')
    cpSync(dirname(path), dirname(from), { recursive: true })
    byHand(from, `UPDATE owner SET boot_id = 'before the machine was started'`)

    await copyStore({ from, to: made.url })
    const after = await openCopy()
    expect(await after.ledger.owners()).toMatchObject([{ id: 1, rows: 2, ended: { how: 'goodbye' } }])
    expect((await after.ledger.verify()).problems).toEqual([])
    const database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
    const spent = await spentBudgets(database, [budget.id])
    await database.close()
    expect(spent.get(budget.id)).toMatchObject({ charged: 11n, held: 0n })
  })

  test('tells how far it is, table by table', async () => {
    const from = await fullStore()
    const told: CopyProgress[] = []
    await copyStore({ from, to: made.url, onProgress: (progress) => told.push(progress) })
    expect(told).toContainEqual({ table: 'usage_record', copied: 8, total: 8 })
    for (const { copied, total } of told) expect(copied).toBe(total)
  })

  test('is refused where there is a store already, which stays as it is', async () => {
    const from = await fullStore()
    const there = await openCopy()
    await put(there, 'account', accountRecord('acc_there'))
    await expect(copyStore({ from, to: made.url })).rejects.toThrow(/is not empty.*Copy to a new database/)
    expect((await there.registry.list('account')).map(({ record }) => record.id)).toEqual(['default', 'acc_there'])
    expect(await there.invoices.list()).toEqual([])
  })

  test('leaves nothing when it fails in the midst, and is begun again', async () => {
    const from = await fullStore()
    await expect(copyStore({ from, to: made.url, onProgress: failAtInvoices })).rejects.toMatchObject({
      cause: { message: 'no' },
    })
    await copyStore({ from, to: made.url })
    expect((await verifyStore(await openCopy())).ledger).toEqual({ rows: 8, problems: [] })
  })

  test('says which record of the source cannot be read', async () => {
    const from = await fullStore()
    byHand(from, `INSERT INTO ledger VALUES ('torn', NULL, 1, NULL, NULL, 'complete', 1, 0, 1, 5, '{"a":')`)
    await expect(copyStore({ from, to: made.url })).rejects.toMatchObject({
      message: expect.stringMatching(/speka\.sqlite is damaged/),
      cause: { message: expect.stringContaining('the record of request torn is no JSON') },
    })
  })

  test('of a file that is not there makes none', async () => {
    const from = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.sqlite')
    await expect(copyStore({ from, to: made.url })).rejects.toMatchObject({ code: 'storage_unavailable' })
  })
})

function failAtInvoices({ table }: CopyProgress): void {
  if (table === 'invoice') throw new Error('no')
}

const refused = {
  minute: NOON,
  account: 'acc_1',
  keyId: 'key_1',
  limitId: 'lim_1',
  subject: 'each customer',
  kind: 'usd',
  window: 'month',
  refused: 2,
}

let settled = 0

/** A record with an id that is not one of those in a store of the first version. */
function usageRecord(changes: Parameters<typeof anyRecord>[0] = {}) {
  settled += 1
  return anyRecord({ id: `019cec00-0000-7000-9000-${String(settled).padStart(12, '0')}`, ...changes })
}

/** A closed store that began with the first version of the tables, with something of everything in it. */
async function fullStore(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.sqlite')
  makeVersion1File(path)
  const store = await openSqliteStore({ path, clock: { after: () => () => {} } })
  const { registry, ledger } = store
  await put(store, 'key', keyRecord({ id: 'key_used', name: 'a\0b', tags: ['a\0b'] }))
  await registry.noteUses([{ id: 'key_used', at: 7 }])
  const account = await put(store, 'account', accountRecord('acc_1', { name: 'Zoë “the 🐢” \ud800' }))
  await put(store, 'account', { ...account.record, status: 'suspended' })
  await put(store, 'member', memberRecord('mem_1', 'acc_1', { email: 'Ann@Example.com' }))
  for (const n of [1, 2]) {
    const session = { id: `ses_${n}`, account: '', how: 'code', digest: `${n}`, expiresAt: 1, createdAt: n } as const
    await registry.change([{ kind: 'session', after: session }], { ...somebody, at: 10 })
  }
  await registry.forgetSessions(2)
  for (const [month, issuedAt] of [
    ['2026-08', Date.UTC(2026, 8, 2)],
    ['2026-09', Date.UTC(2026, 9, 2)],
    ['2026-10', Date.UTC(2026, 10, 2)],
  ] as const)
    await store.invoices.issue([{ account: 'acc_1', month, issuedAt, body: '{"note":"Zoë\\n🐢"}' }])
  await store.budgets.exchange({ number: 1, has: [], wants })
  await ledger.settle(usageRecord({ charge: 5n, budgets: [1], customer: 'a\0b\t\\' }))
  await ledger.settle(usageRecord({ charge: undefined, keyId: undefined, id: 'of another kind' }))
  await store.close()
  const again = await openSqliteStore({ path })
  await again.ledger.settle(usageRecord({ createdAt: Date.UTC(2025, 11, 31), charge: 2n ** 63n - 1n }))
  await again.ledger.settle(usageRecord())
  await again.close()
  await inOtherFiles(path)
  return path
}

/** What is kept in files of its own. */
async function inOtherFiles(path: string): Promise<void> {
  const { alerts, refusals, signInCodes, replies, responses, close } = await openSqliteStore({ path })
  const endpoints = ['b', 'a'].map((id) => ({ id, host: `${id}.example.com` }))
  await alerts.raise({
    id: 'alert_1',
    kind: 'target.down',
    at: NOON,
    account: 'acc_1',
    body: '{}',
    occasion: 'o',
    endpoints,
  })
  const [delivery] = await alerts.claim({ endpoints: ['a'], now: NOON, until: FAR, most: 1 })
  await alerts.settle(
    { id: 'alert_1', endpoint: 'a', attempt: delivery?.attempt ?? 0 },
    { state: 'waiting', nextAt: FAR, trouble: 'it answered 500' },
  )
  await alerts.lead({ of: 'velocity', who: 'a', now: NOON, until: FAR })
  await refusals.count([refused])
  const counters = [{ of: 'client', most: 5 }]
  await signInCodes.keep({ address: 'ann', code: 'right', counters, now: NOON, until: FAR })
  await replies.claim('place', { fingerprint: 'a', now: NOON, until: FAR })
  await replies.keep('place', new Uint8Array([0, 255, 7]), FAR)
  await responses.keep({ id: 'response_1', account: 'acc_1', until: FAR, sealed: new Uint8Array([255, 0, 7]) })
  await close()
}

function idsIn(path: string): string[] {
  const db = new DatabaseSync(path)
  const rows = db.prepare('SELECT id FROM usage_record UNION ALL SELECT id FROM ledger').all()
  db.close()
  return rows.map(({ id }) => String(id))
}

function byHand(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}
