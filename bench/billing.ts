// `npm run bench -- billing [--rows N] [--accounts N] [--keep FOLDER]`: how long invoices take of a large ledger: a draft, closing the month, a reprice.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { PicoUsd, UsageRecord } from '@speka/core'
import { costOf, plans } from '@speka/core/internal'
import { closeMonth } from '../packages/server/src/operations/close-month.ts'
import { draftInvoice } from '../packages/server/src/operations/draft-invoice.ts'
import type { OperationParts } from '../packages/server/src/operations/operation.ts'
import { reprice } from '../packages/server/src/operations/reprice.ts'
import type { AccountRecord } from '../packages/server/src/store/records.ts'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import type { Store } from '../packages/server/src/store/store.ts'
import { Figures } from './ledger/figures.ts'
import { MONTH_MS, recordOf, START } from './ledger/record.ts'
import { discard } from './ledger/starts.ts'

/** How many records are settled at once. */
const AT_ONCE = 5000
const ACCOUNTS_AT_ONCE = 500
/** The month of the records, and when it is closed: two days behind its end. */
const MONTH = '2026-10'
const CLOSED_AT = Date.UTC(2026, 10, 3)
const operator = { kind: 'operator', by: 'cli' } as const

const { values } = parseArgs({
  options: { rows: { type: 'string' }, accounts: { type: 'string' }, keep: { type: 'string' } },
})
const rows = Number(values.rows ?? 1_000_000)
const accounts = Number(values.accounts ?? 1000)
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'speka-bench-billing-'))
const place = storeIn(folder)
const figures = new Figures()

try {
  if (!(await place.exists())) await using(fill)
  await using(async (store) => {
    // How fast sums are made is for the benchmark of the ledger to tell: here they are there.
    await store.ledger.totals({ by: 'account' })
    const [account, month] = [accountId(7), MONTH]
    await figures.time('usage of an account and month', () => store.ledger.billed({ account, month }), { atMost: 10 })
    await figures.time('all months of an account', () => store.ledger.billedMonths(account), { atMost: 10 })
    await figures.time('a draft of an invoice', () => draftInvoice(partsOf(store), operator, { account, month }), {
      atMost: 50,
    })
    await timeReprice(store)
    await timeClosing(store)
  })
} finally {
  if (values.keep === undefined) discard(folder)
}
process.exitCode = figures.missed === 0 ? 0 : 1

async function timeReprice(store: Store): Promise<void> {
  const wanted = {
    models: 'acme/model-1',
    since: new Date(START).toISOString(),
    until: new Date(CLOSED_AT).toISOString(),
    price: { input: '0.20', output: '1' },
  }
  const began = performance.now()
  const { rows: read } = await reprice(partsOf(store), operator, wanted)
  figures.say('a dry reprice', (read * 1000) / (performance.now() - began), 'rows/s')
}

async function timeClosing(store: Store): Promise<void> {
  let told = 0
  const began = performance.now()
  const closed = await closeMonth({ ...partsOf(store), onProgress: () => (told += 1) }, operator, { month: MONTH })
  figures.say('the month closed', (performance.now() - began) / 1000, 's', { atMost: 60 })
  figures.say('invoices issued', closed.issued, '', { atLeast: accounts })
  figures.say('times it was told how far that is', told, '', { atLeast: 2 })
}

function partsOf(store: Store): OperationParts {
  return {
    store,
    pepper: async () => Buffer.from('pepper'),
    now: () => CLOSED_AT,
    plans: async () => ({
      plans: new Map(plans.map((plan) => [plan.id, plan])),
      planOf: new Map(),
      configuredKeys: 0,
    }),
  }
}

async function using(work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await place.open({ durability: 'relaxed', foldWaitMs: Infinity })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

async function fill({ ledger, registry }: Store): Promise<void> {
  const by = { at: START, actor: 'operator:cli', action: 'account.create' }
  for (let from = 0; from < accounts; from += ACCOUNTS_AT_ONCE) {
    const some = Array.from({ length: Math.min(ACCOUNTS_AT_ONCE, accounts - from) }, (_, index) => ({
      kind: 'account' as const,
      after: accountOf(from + index),
    }))
    await registry.change(some, by)
  }
  for (let from = 0; from < rows; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, index) => billedRecord(from + index))
    await Promise.all(some.map((record) => ledger.settle(record)))
    // Until it is on the disk, so that not all of them wait in memory.
    while ((await ledger.find(recordOf(Math.min(from + AT_ONCE, rows) - 1, rows).id)) === undefined);
  }
}

function accountId(of: number): string {
  return `acc_${String(of).padStart(22, '0')}`
}

function accountOf(of: number): AccountRecord {
  const id = accountId(of)
  return { id, account: id, name: `Account ${of}`, plan: 'starter', status: 'active', createdAt: START - MONTH_MS }
}

/** The nth record: of an account of its own turn, and charged by its units, but for one in a hundred. */
function billedRecord(n: number): UsageRecord {
  const record = recordOf(n, rows)
  const { usage, price } = record
  const charge = price === undefined || n % 100 === 0 ? record.charge : costOf(usage, price)
  return {
    ...record,
    account: accountId(n % accounts),
    keyId: `${record.keyId}_${n % accounts}`,
    charge: charge as PicoUsd,
  }
}
