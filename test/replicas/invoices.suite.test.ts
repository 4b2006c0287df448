import { parseUsd } from '@speka/core'
import { operationParts, operator } from '../../packages/server/src/operations/__fixtures__/two-accounts.ts'
import { addAdjustment } from '../../packages/server/src/operations/add-adjustment.ts'
import { closeMonth } from '../../packages/server/src/operations/close-month.ts'
import { createAccount } from '../../packages/server/src/operations/create-account.ts'
import { draftInvoice } from '../../packages/server/src/operations/draft-invoice.ts'
import { listInvoices } from '../../packages/server/src/operations/list-invoices.ts'
import type { OperationParts } from '../../packages/server/src/operations/operation.ts'
import { usageRecord } from '../../packages/server/src/store/__fixtures__/usage-record.ts'
import { checkChain } from '../../packages/server/src/store/invoice-chain.ts'
import { readPostgresUrl } from '../../packages/server/src/store/postgres/address.ts'
import { openPostgresStore } from '../../packages/server/src/store/postgres/open-store.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import { newDatabase, type NewDatabase } from '../support/services/new-database.ts'

const october = (day: number): number => Date.UTC(2026, 9, day)
const NOVEMBER_2 = Date.UTC(2026, 10, 2)
const DECEMBER_2 = Date.UTC(2026, 11, 2)

let made: NewDatabase
const stores: Store[] = []
beforeEach(async () => {
  made = await newDatabase()
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await made.drop()
})

/** What operations work with on one of several replicas, with a clock that the test sets. */
async function replica() {
  const store = await openPostgresStore({ address: readPostgresUrl(made.url), foldWaitMs: Infinity })
  stores.push(store)
  const { parts, time } = operationParts()
  return { parts: { ...parts, store }, time }
}

const newAccount = async (parts: OperationParts, name: string): Promise<string> =>
  (await createAccount(parts, operator, { name, plan: 'none' })).id

const use = ({ store }: OperationParts, account: string, at: number, usd: string) =>
  store.ledger.settle(
    usageRecord({
      account,
      createdAt: at,
      period: new Date(at).toISOString().slice(0, 7),
      charge: parseUsd(usd),
      price: undefined,
    }),
  )

test('a month of requests to all replicas is one invoice for each account, whichever of them closes it, all at once and again', async () => {
  const replicas = [await replica(), await replica(), await replica()]
  const [one, two] = replicas
  if (one === undefined || two === undefined) throw new Error('there are three')
  for (const { time } of replicas) time.now = october(1)
  const [first, second] = [await newAccount(one.parts, 'first'), await newAccount(two.parts, 'second')]
  for (const { parts } of replicas) {
    await use(parts, first, october(3), '1.25')
    await use(parts, second, october(31), '2')
  }
  expect(await draftInvoice(two.parts, operator, { account: first, month: '2026-10' })).toMatchObject({
    state: 'draft',
    total_usd: '3.75',
  })

  for (const { time } of replicas) time.now = NOVEMBER_2
  const closed = await Promise.all(
    replicas.map(({ parts }) =>
      closeMonth(parts, operator, { month: '2026-10' }).catch((error: Error) => error.message),
    ),
  )
  // Two that close at once both find nothing issued yet: one of them issues, or is told that the other has.
  expect(closed.some((each) => typeof each !== 'string')).toBe(true)
  expect(await closeMonth(two.parts, operator, { month: '2026-10' })).toMatchObject({ invoices: 2, issued: 0 })
  const issued = await listInvoices(one.parts, operator, { month: '2026-10' })
  expect(issued.map(({ account, total_usd: total }) => [account, total]).toSorted()).toEqual(
    [
      [first, '3.75'],
      [second, '6'],
    ].toSorted(),
  )
  expect(checkChain(await one.parts.store.invoices.list())).toEqual([])

  // What is put right later stands on the next one, whoever has asked for it.
  await addAdjustment(one.parts, operator, { account: first, usd: '-0.75', reason: 'counted twice', about: '2026-10' })
  await use(two.parts, first, Date.UTC(2026, 10, 5), '4')
  expect(await draftInvoice(two.parts, operator, { account: first, month: '2026-11' })).toMatchObject({
    total_usd: '3.25',
  })
  for (const { time } of replicas) time.now = DECEMBER_2
  expect(await closeMonth(two.parts, operator, { month: '2026-11' })).toMatchObject({ issued: 1 })
  const later = await listInvoices(one.parts, operator, { month: '2026-11' })
  expect(later).toMatchObject([{ account: first, total_usd: '3.25' }])
  const all = await one.parts.store.invoices.list()
  expect(all.slice(0, 2).map(({ number }) => number)).toEqual(['2026-000001', '2026-000002'])
  expect(checkChain(all)).toEqual([])
})
