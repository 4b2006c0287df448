import { parseUsd } from '@speka/core'
import fc from 'fast-check'
import { configuredRecord, unmarkedTestKeys, type ConfiguredKey } from '../keys/configured-key.ts'
import { checkChain } from '../store/invoice-chain.ts'
import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { addAdjustment } from './add-adjustment.ts'
import { closeMonth } from './close-month.ts'
import { createAccount } from './create-account.ts'
import { createKey } from './create-key.ts'
import { draftInvoice } from './draft-invoice.ts'
import { listAdjustments } from './list-adjustments.ts'
import { listInvoices } from './list-invoices.ts'
import type { OperationParts } from './operation.ts'
import { showInvoice } from './show-invoice.ts'
import { verifyLedger } from './verify-ledger.ts'

const october = (day: number): number => Date.UTC(2026, 9, day)
const FINAL = Date.UTC(2026, 10, 2)
const DECEMBER_2 = Date.UTC(2026, 11, 2)

let parts: OperationParts
let time: { now: number }
beforeEach(() => {
  ;({ parts, time } = operationParts())
  time.now = october(1)
})

const newAccount = async (name: string, plan = 'none'): Promise<string> =>
  (await createAccount(parts, operator, { name, plan })).id

/** A request of so many dollars. */
const use = (account: string, at: number, usd: string, keyId = 'key_A') =>
  parts.store.ledger.settle(usageRecord({ account, keyId, createdAt: at, charge: parseUsd(usd), price: undefined }))

const draft = (account: string, month: string) => draftInvoice(parts, operator, { account, month })
const close = (month: string) => closeMonth(parts, operator, { month })
const lines = ({ lines: all }: Awaited<ReturnType<typeof draft>>) =>
  all.map((line) => `${line.kind} ${line.amount_usd}`)

/** Keys of the configuration, one after the other, each of which asked for something while it stood there. */
const pastKeys = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'test'),
    mode: fc.constantFrom('live', 'test'),
    usd: fc.integer({ min: 1, max: 9 }),
  }),
)
const configuredKey = ({ name, mode }: { name: string; mode: string }): ConfiguredKey => ({
  name,
  key: `sk-speka-${mode}-${name}`,
})

describe('a draft', () => {
  test('has what was used until now, and is that of the default account where none is named', async () => {
    await use('default', october(3), '1.5')
    expect(await draftInvoice(parts, operator, { month: '2026-10' })).toMatchObject({
      state: 'draft',
      number: null,
      issued_at: null,
      hash: null,
      account: 'default',
      requests: 1,
      total_usd: '1.5',
      seller: { name: 'The operator of this gateway' },
    })
    await use('default', october(3), '0.25')
    expect(await draftInvoice(parts, operator, { month: '2026-10' })).toMatchObject({ total_usd: '1.75' })
  })

  test('of a month in which nothing happened has no lines', async () => {
    expect(await draft(await newAccount('acme'), '2026-10')).toMatchObject({ lines: [], total_usd: '0' })
  })

  test('has nothing of test keys, in the store or in the configuration', async () => {
    const account = await newAccount('acme')
    const { id } = await createKey(parts, operator, { account, name: 'a', mode: 'test' })
    await use(account, october(3), '1', id)
    await use(account, october(3), '2')
    expect(await draft(account, '2026-10')).toMatchObject({ total_usd: '2' })
    await use('default', october(3), '1', 'key_config_1')
    const said = await parts.plans()
    const keys = { names: new Map(), testKeys: ['key_config_1'] }
    const configured = { ...parts, plans: async () => ({ ...said, keys }) }
    expect((await draftInvoice(configured, operator, { month: '2026-10' })).lines).toEqual([])
  })

  test('has nothing of test keys that stood in the configuration, whatever stands under their names since', async () => {
    await fc.assert(
      fc.asyncProperty(pastKeys, fc.array(fc.constantFrom('a', 'b', 'test')), async (past, live) => {
        ;({ parts, time } = operationParts())
        time.now = october(4)
        const ids = new Map<string, number>()
        for (const one of past) {
          const { id, mode } = configuredRecord(configuredKey(one), Buffer.alloc(0))
          ids.set(id, (ids.get(id) ?? 0) + (mode === 'live' ? one.usd : 0))
          await use('default', october(3), String(one.usd), id)
        }
        const now = live.map((name) => configuredKey({ name, mode: 'live' }))
        const keys = { names: new Map(), testKeys: unmarkedTestKeys(now) }
        const said = await parts.plans()
        const configured = { ...parts, plans: async () => ({ ...said, keys }) }
        const { total_usd, lines: all } = await draftInvoice(configured, operator, { month: '2026-10' })
        const used = [...ids.values()].filter((usd) => usd > 0)
        expect([Number(total_usd), all.length]).toEqual([used.reduce((sum, usd) => sum + usd, 0), used.length])
      }),
      { numRuns: 50 },
    )
  })

  test('calls keys and teams by their names, and has the seller of the configuration', async () => {
    const account = await newAccount('acme')
    const { id } = await createKey(parts, operator, { account, name: 'production' })
    await use(account, october(3), '1', id)
    const said = await parts.plans()
    const billing = { seller: { name: 'Acme Ltd', country: 'IE' }, taxes: [] }
    const document = await draftInvoice({ ...parts, plans: async () => ({ ...said, billing }) }, operator, {
      account,
      month: '2026-10',
    })
    expect(document.seller).toEqual({ name: 'Acme Ltd', address: null, country: 'IE', tax_id: null })
    expect(document.lines).toMatchObject([{ key: { id, name: 'production' } }])
  })

  test('spends credit for what was used while it was in force', async () => {
    const account = await newAccount('acme')
    for (const day of [5, 15, 25]) await use(account, october(day), '10')
    await parts.store.registry.change(
      [
        {
          kind: 'grant',
          after: {
            id: 'grant_1',
            account,
            createdAt: 1,
            usd: '100',
            priority: 0,
            from: october(10),
            expiresAt: october(20),
          },
        },
      ],
      { at: 1, actor: 'operator:cli', action: 'grant.add' },
    )
    expect(lines(await draft(account, '2026-10'))).toEqual(['usage 30', 'credit -10'])
  })

  test('of a month has of credit, and of what came late, only what months that are still open will leave', async () => {
    const account = await newAccount('acme')
    await parts.store.registry.change(
      [{ kind: 'grant', after: { id: 'grant_1', account, createdAt: 1, usd: '10', priority: 0, from: october(1) } }],
      { at: 1, actor: 'operator:cli', action: 'grant.add' },
    )
    await use(account, october(3), '2')
    time.now = FINAL
    await close('2026-10')
    // Stands on the invoice of November, which is open: it is paid for there.
    await use(account, october(4), '1')
    await use(account, Date.UTC(2026, 10, 5), '4')
    time.now = Date.UTC(2026, 11, 1, 12)
    await use(account, time.now, '5')
    const before = lines(await draft(account, '2026-12'))
    expect(before).toEqual(['usage 5', 'credit -3'])
    time.now = DECEMBER_2
    await close('2026-11')
    expect(lines(await draft(account, '2026-12'))).toEqual(before)
    time.now = Date.UTC(2027, 0, 2)
    await close('2026-12')
    expect(lines(await draft(account, '2026-12'))).toEqual(before)
  })

  test('has what the first months leave of credit before any month was closed', async () => {
    const account = await newAccount('acme')
    await parts.store.registry.change(
      [{ kind: 'grant', after: { id: 'grant_1', account, createdAt: 1, usd: '10', priority: 0, from: october(1) } }],
      { at: 1, actor: 'operator:cli', action: 'grant.add' },
    )
    await use(account, october(3), '8')
    time.now = Date.UTC(2026, 10, 1, 12)
    await use(account, time.now, '5')
    expect(lines(await draft(account, '2026-11'))).toEqual(['usage 5', 'credit -2'])
  })

  test.each([
    ['2026-13', 'must be a month such as 2026-11, not "2026-13"'],
    ['2026-1', 'must be a month such as 2026-11'],
    ['2027-01', 'has not begun yet: it is 2026-10'],
    ['2026-09', 'is before the account acc_'],
  ])('of %s is refused', async (month, says) => {
    const refused = draft(await newAccount('acme'), month)
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_value',
      param: 'month',
      message: expect.stringContaining(says),
    })
  })

  test('of an account that nobody has made is refused, and of a plan that is gone', async () => {
    await expect(draft('acc_nobody', '2026-10')).rejects.toMatchObject({ code: 'not_found' })
    const account = await newAccount('acme', 'starter')
    const said = await parts.plans()
    const without = { ...parts, plans: async () => ({ ...said, plans: new Map() }) }
    await expect(draftInvoice(without, operator, { account, month: '2026-10' })).rejects.toThrow(
      'was on the plan starter in 2026-10, which the configuration no longer has',
    )
  })
})

describe('closing a month', () => {
  test.each(['0000-01', '1969-12'])('is refused for a month before there was any account: %s', async (month) => {
    await newAccount('acme')
    time.now = FINAL
    await expect(close(month)).rejects.toMatchObject({
      code: 'invalid_value',
      message: expect.stringMatching(`^month ${month} is before there was any account: the first was made in `),
    })
  })

  test('is refused before it is over for a day, and says when', async () => {
    time.now = FINAL - 1
    await expect(close('2026-10')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('2026-10 can be closed from 2026-11-02T00:00:00.000Z on'),
    })
    expect(await listInvoices(parts, operator, {})).toEqual([])
  })

  test('waits for an owner that is silent, unless it is told not to', async () => {
    time.now = FINAL
    const owner = { id: 3, startedAt: october(1), pid: 7, rows: 1, ended: undefined, isSilent: true }
    const ledger = { ...parts.store.ledger, owners: async () => [owner] }
    const waiting = { ...parts, store: { ...parts.store, ledger } }
    await expect(closeMonth(waiting, operator, { month: '2026-10' })).rejects.toThrow('waits for owner 3 (pid 7)')
    expect(await closeMonth(waiting, operator, { month: '2026-10', without_owners: [3] })).toMatchObject({ issued: 0 })
  })

  test('issues an invoice for each account that has a line, once', async () => {
    const [one, other, idle] = [
      await newAccount('one', 'starter'),
      await newAccount('other'),
      await newAccount('idle', 'free'),
    ]
    await use(other, october(4), '2')
    time.now = FINAL
    expect(await close('2026-10')).toEqual({
      month: '2026-10',
      accounts: 4,
      invoices: 2,
      issued: 2,
      first_number: '2026-000001',
      last_number: '2026-000002',
    })
    const issued = await listInvoices(parts, operator, {})
    // Those that were made in the same moment stand in any order.
    const totals = new Map(issued.map(({ account, total_usd: total }) => [account, total]))
    expect(totals).toEqual(
      new Map([
        [one, '19'],
        [other, '2'],
      ]),
    )
    expect(issued.map(({ account }) => account)).not.toContain(idle)
    time.now += 1
    expect(await close('2026-10')).toMatchObject({ invoices: 2, issued: 0, first_number: null })
    expect(await listInvoices(parts, operator, {})).toEqual(issued)
    // What was the draft is the invoice, whatever comes then.
    await use(other, october(4), '5')
    const document = await draft(other, '2026-10')
    expect(document).toMatchObject({
      state: 'final',
      number: expect.stringMatching(/^2026-00000[12]$/),
      total_usd: '2',
    })
    expect(await showInvoice(parts, holder(other, 'billing'), { number: document.number })).toEqual(document)
  })

  test('twice at once gives each invoice once', async () => {
    for (let n = 0; n < 120; n += 1) await use(await newAccount(`a${n}`), october(4), '1')
    time.now = FINAL
    const seen: number[] = []
    const told = { ...parts, onProgress: ({ done }: { done: number }) => seen.push(done) }
    await Promise.all([closeMonth(told, operator, { month: '2026-10' }), close('2026-10')])
    const issued = await parts.store.invoices.list()
    expect(issued).toHaveLength(120)
    expect(checkChain(issued)).toEqual([])
    expect(seen).toEqual([50, 100, 121])
  })

  test('bills what comes late with the next month, and nothing of it twice', async () => {
    const account = await newAccount('acme', 'starter')
    await use(account, october(4), '20')
    time.now = FINAL
    await close('2026-10')
    await use(account, october(30), '7')
    await use(account, Date.UTC(2026, 10, 3), '1')
    time.now = DECEMBER_2
    expect(lines(await draft(account, '2026-11'))).toEqual(['fee 19', 'usage 1', 'late_usage 7', 'allowance -8'])
    await close('2026-11')
    await use(account, october(30), '0.5')
    time.now = Date.UTC(2027, 0, 2)
    await close('2026-12')
    const december = await draft(account, '2026-12')
    expect(december).toMatchObject({ number: '2027-000001' })
    expect(december.lines).toMatchObject([{ kind: 'fee' }, { kind: 'late_usage', month: '2026-10', requests: 1 }, {}])
  })

  test('issues what is missing of earlier months first, back to the first that was closed', async () => {
    await use('default', october(4), '1')
    time.now = FINAL
    await close('2026-10')
    const account = await newAccount('acme')
    // Of an account that had nothing to pay for when its month was closed, and of one whose close was never run.
    await use(account, october(5), '3')
    await use(account, Date.UTC(2026, 10, 20), '4')
    time.now = Date.UTC(2027, 0, 2)
    expect(await close('2026-12')).toMatchObject({ issued: 1, invoices: 0, first_number: '2027-000001' })
    const [, issued] = await listInvoices(parts, operator, {})
    expect(issued).toMatchObject({ account, month: '2026-11', total_usd: '4' })
  })

  test('spends of a grant what earlier invoices have left', async () => {
    const account = await newAccount('acme')
    await parts.store.registry.change(
      [{ kind: 'grant', after: { id: 'grant_1', account, createdAt: 1, usd: '5', priority: 0, from: 0 } }],
      { at: 1, actor: 'operator:cli', action: 'grant.add' },
    )
    await use(account, october(5), '3')
    await use(account, Date.UTC(2026, 10, 5), '3')
    time.now = DECEMBER_2
    await close('2026-10')
    expect((await draft(account, '2026-11')).lines).toMatchObject([
      {},
      { kind: 'credit', amount_usd: '-2', left_usd: '0' },
    ])
  })
})

describe('an adjustment', () => {
  test('stands on the invoice of this month, or of the next once that was issued', async () => {
    const account = await newAccount('acme')
    time.now = october(20)
    const said = { account, usd: '-5.50', reason: 'an outage' }
    const first = await addAdjustment(parts, operator, { ...said, about: '2026-09' })
    expect(first).toMatchObject({ month: '2026-10', kind: 'amount', usd: '-5.5', about: '2026-09', reprice: null })
    expect(await draft(account, '2026-10')).toMatchObject({ kind: 'credit_note', total_usd: '-5.5' })
    time.now = FINAL
    await close('2026-10')
    time.now = october(31)
    expect(await addAdjustment(parts, operator, said)).toMatchObject({ month: '2026-11' })
    expect(await listAdjustments(parts, holder(account, 'billing'), {})).toHaveLength(2)
  })

  test('that was made while its month was being issued stands on the next', async () => {
    const account = await newAccount('acme')
    await use(account, october(5), '3')
    time.now = FINAL
    await close('2026-10')
    await parts.store.registry.change(
      [
        {
          kind: 'adjustment',
          after: { id: 'adj_1', account, createdAt: 1, month: '2026-10', kind: 'amount', usd: '1', reason: 'a' },
        },
      ],
      { at: 1, actor: 'operator:cli', action: 'adjustment.add' },
    )
    expect(lines(await draft(account, '2026-11'))).toEqual(['adjustment 1'])
    time.now = DECEMBER_2
    await close('2026-11')
    time.now = Date.UTC(2027, 0, 2)
    expect((await draft(account, '2026-12')).lines).toEqual([])
  })

  test.each([
    [{ usd: '0' }, 'usd'],
    [{ usd: '-0.0' }, 'usd'],
    [{ usd: '1,5' }, 'usd'],
    [{ usd: 5 }, 'usd'],
    [{ usd: '0.0000000000001' }, 'usd'],
    [{ usd: '9000000.01' }, 'usd'],
    [{ usd: '-99999999999999999999999' }, 'usd'],
    [{ reason: ' ' }, 'reason'],
    [{ kind: 'gift' }, 'kind'],
    [{ about: '2026-00' }, 'about'],
  ])('with %j is refused', async (wrong, param) => {
    const said = { account: 'default', usd: '1', reason: 'a', ...wrong }
    await expect(addAdjustment(parts, operator, said)).rejects.toMatchObject({ code: 'invalid_value', param })
  })
})

describe('an invoice', () => {
  test('of another account is not there, nor is one that was never issued', async () => {
    await use('default', october(4), '1')
    time.now = FINAL
    await close('2026-10')
    const stranger = holder(await newAccount('acme'), 'owner')
    await expect(showInvoice(parts, stranger, { number: '2026-000001' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(showInvoice(parts, operator, { number: '2026-000002' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listInvoices(parts, stranger, { after: '2026-000001' })).rejects.toMatchObject({ param: 'after' })
  })

  test('is held against its rows: what came late is nothing wrong, and another sum is named', async () => {
    const account = await newAccount('acme')
    await use(account, october(4), '1')
    time.now = FINAL
    await close('2026-10')
    await use(account, october(4), '2')
    expect(await verifyLedger(parts, operator, {})).toMatchObject({ intact: true, invoices: 1, invoice_problems: [] })
    const months = await parts.store.ledger.billedMonths(account)
    const verdict = async (requests: number, usd: string) => {
      const ledger = {
        ...parts.store.ledger,
        billedMonths: async () => months.map((one) => ({ ...one, requests, charge: parseUsd(usd) })),
      }
      return verifyLedger({ ...parts, store: { ...parts.store, ledger } }, operator, {})
    }
    expect(await verdict(1, '1')).toMatchObject({ intact: true })
    expect(await verdict(1, '1.000000000001')).toMatchObject({
      intact: false,
      invoice_problems: [
        {
          problem: 'usage_differs',
          number: '2026-000001',
          message: `2026-000001: of 2026-10, 1 requests for 1 USD were charged to ${account}, and the records say 1 for 1.000000000001 USD`,
        },
      ],
    })
    expect(await verdict(0, '0')).toMatchObject({ intact: false })
  })
})
