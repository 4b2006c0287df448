import { creditNoteOf, invoiceBodyOf } from '../packages/server/src/payments/__fixtures__/invoices.ts'
import { handOver } from '../packages/server/src/payments/hand-over.ts'
import { handOverAll, HandOvers } from '../packages/server/src/payments/hand-over-all.ts'
import { ACCOUNT, paymentsRig, type PaymentsRig } from './support/stripe/payments-rig.ts'
import type { Fault } from './support/stripe/stripe-server.ts'

let rig: PaymentsRig
beforeEach(async () => {
  rig = await paymentsRig()
})
afterEach(() => rig.close())

const calls = (): string[] => rig.stripe.calls.map(({ method, path }) => `${method} ${path.replaceAll(/\d{8}/g, 'n')}`)

/** What Stripe has in the end, whatever happened on the way. */
const books = ({ stripe }: PaymentsRig = rig) => ({
  customers: stripe.books.all('customer').length,
  invoices: stripe.books.all('invoice').map(({ id, status, number }) => [number, status, stripe.books.totalOf(id)]),
  lines: stripe.books.all('invoiceitem').map(({ description, amount }) => [description, amount]),
  credits: stripe.books.all('customer_balance_transaction').map(({ amount }) => amount),
})

const whole = {
  customers: 1,
  invoices: [['2026-000001', 'open', 3142]],
  lines: [
    ['Plan starter', 1900],
    ['Usage', 3241],
    ['Allowance of the plan', -2500],
    ['Rounding', -1],
    ['Tax DE 19 %', 502],
  ],
  credits: [],
}

test('an invoice is handed over as it was issued, to the cent', async () => {
  const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT))
  expect(await handOver(rig.parts, invoice)).toBe('open')
  expect(books()).toEqual(whole)
  expect(await rig.payment()).toEqual({
    id: 'pay_2026-000001',
    account: ACCOUNT,
    createdAt: rig.clock.now(),
    invoice: '2026-000001',
    provider: 'stripe',
    usd: '31.42',
    state: 'open',
    reference: rig.stripe.books.all('invoice')[0]?.id,
    changedAt: rig.clock.now(),
  })
  expect((await rig.account()).payer).toEqual({ provider: 'stripe', customer: rig.stripe.books.all('customer')[0]?.id })
  expect(rig.stripe.books.all('customer')[0]).toMatchObject({
    name: 'Buyer',
    email: 'buyer@example.com',
    metadata: { speka_account: ACCOUNT },
  })
})

test('it takes as many calls as are broken below', async () => {
  await handOver(rig.parts, rig.invoices.add(invoiceBodyOf(ACCOUNT)))
  expect(calls()).toHaveLength(CALLS)
})

test('what was handed over is not asked for again', async () => {
  const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT))
  await handOver(rig.parts, invoice)
  const before = calls().length
  expect(await handOver(rig.parts, invoice)).toBe('open')
  expect(calls()).toHaveLength(before)
})

test('a draft is not to become final by itself, nor to take along what Stripe would add', async () => {
  await handOver(rig.parts, rig.invoices.add(invoiceBodyOf(ACCOUNT)))
  expect(rig.stripe.calls.find(({ method, path }) => `${method} ${path}` === 'POST /v1/invoices')?.form).toMatchObject({
    auto_advance: 'false',
    pending_invoice_items_behavior: 'exclude',
    discounts: '',
    automatic_tax: { enabled: 'false' },
    collection_method: 'send_invoice',
    days_until_due: '14',
  })
})

test('who has left a payment method is charged', async () => {
  const customer = await rig.provider.createCustomer(await rig.account())
  await rig.change({ payer: { provider: 'stripe', customer, subscription: 'sub_1' } })
  await handOver(rig.parts, rig.invoices.add(invoiceBodyOf(ACCOUNT)))
  expect(rig.stripe.books.all('invoice')).toMatchObject([{ customer, collection_method: 'charge_automatically' }])
})

test('a credit note lowers what is paid next, once', async () => {
  const note = rig.invoices.add(creditNoteOf(ACCOUNT))
  expect([await handOver(rig.parts, note), await handOver(rig.parts, note)]).toEqual(['paid', 'paid'])
  expect(books()).toEqual({ customers: 1, invoices: [], lines: [], credits: [-450] })
})

test('where nothing is owed, nobody is asked', async () => {
  const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT, { lines: [], net_usd: '0', tax: [], total_usd: '0' }))
  expect(await handOver(rig.parts, invoice)).toBe('paid')
  expect(calls()).toEqual([])
})

test('where nobody is known to send it to, it stays here until somebody is', async () => {
  await rig.change({ email: undefined })
  const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT))
  expect(await handOver(rig.parts, invoice)).toBe('unreachable')
  expect([calls(), await rig.payment()]).toEqual([[], undefined])
  await rig.change({ email: 'buyer@example.com' })
  expect(await handOver(rig.parts, invoice)).toBe('open')
})

test('a draft that somebody has added to is never made final', async () => {
  const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT))
  rig.stripe.fault = (_, { path }) => {
    if (path.endsWith('/finalize')) return 'lost before'
    return 'none'
  }
  await expect(handOver(rig.parts, invoice)).rejects.toMatchObject({ code: 'upstream_unreachable' })
  const [draft] = rig.stripe.books.all('invoice')
  rig.stripe.books.make('ii', 'invoiceitem', {}, { invoice: draft?.id, amount: 100, description: 'By hand' })
  rig.stripe.fault = () => 'none'
  await expect(handOver(rig.parts, invoice)).rejects.toThrow('comes to 3242 cents, and the invoice 2026-000001 to 3142')
  expect(draft).toMatchObject({ status: 'draft' })
})

/** Calls it takes for an invoice of one who is not known yet. */
const CALLS = 12
const breaks: readonly { readonly fault: Exclude<Fault, 'none'>; readonly when: string }[] = [
  { fault: 'lost before', when: 'at once' },
  { fault: 'lost behind', when: 'at once' },
  { fault: 'lost behind', when: 'a day later' },
  { fault: 'lost behind', when: 'with another name' },
]

test.each(Array.from({ length: CALLS }, (_, n) => n + 1))('with call %i lost, and tried again, it is there once', (n) =>
  // Each waits for the library, which asks once more by itself.
  Promise.all(breaks.map((one) => breakAndResume({ ...one, n }))),
)

async function breakAndResume({ n, fault, when }: (typeof breaks)[number] & { readonly n: number }): Promise<void> {
  const broken = await paymentsRig()
  const { stripe, clock, parts } = broken
  const invoice = broken.invoices.add(invoiceBodyOf(ACCOUNT))
  // As good as killed there: nothing that follows in this life is carried out either.
  stripe.fault = (at) => {
    if (at < n) return 'none'
    return at === n ? fault : 'lost before'
  }
  await expect(handOver(parts, invoice)).rejects.toMatchObject({ code: 'upstream_unreachable' })
  stripe.fault = () => 'none'
  if (when === 'with another name') await broken.change({ name: 'Renamed' })
  if (when === 'a day later') {
    await clock.advance(90_000_000)
    stripe.forgetKeys()
  }
  expect(await handOver(parts, invoice)).toBe('open')
  // A customer whose making was not answered within a day is made again: nothing hangs on the one before.
  const isForgotten = when === 'a day later' && n === 1
  expect({ fault, when, ...books(broken) }).toEqual({ fault, when, ...whole, customers: isForgotten ? 2 : 1 })
  await broken.close()
}

test('every reply being lost once, the library asks again by the same key, and it is there once', async () => {
  const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT))
  const seen = new Set<string>()
  rig.stripe.fault = (_, { method, path, form }) => {
    const call = JSON.stringify([method, path, form])
    if (seen.has(call)) return 'none'
    seen.add(call)
    return 'lost behind'
  }
  expect(await handOver(rig.parts, invoice)).toBe('open')
  expect(books()).toEqual(whole)
})

test('several processes at once hand it over once', async () => {
  const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT))
  const tries = await Promise.allSettled(Array.from({ length: 4 }, () => handOver(rig.parts, invoice)))
  expect(tries.some(({ status }) => status === 'fulfilled')).toBe(true)
  expect(await handOver(rig.parts, invoice)).toBe('open')
  expect(books()).toEqual(whole)
})

test('those of a month are handed over, and one that fails holds up no other', async () => {
  rig.invoices.add(invoiceBodyOf(ACCOUNT, { month: '2026-10' }))
  rig.invoices.add(invoiceBodyOf('acc_gone'))
  rig.invoices.add(invoiceBodyOf(ACCOUNT))
  const results = []
  for await (const { invoice, state, trouble } of handOverAll(rig.parts, { month: '2026-11' }))
    results.push([invoice, state, trouble])
  expect(results).toEqual([
    ['2026-000002', 'pending', 'There is no account "acc_gone".'],
    ['2026-000003', 'open', undefined],
  ])
})

test('a process that runs on looks at each invoice until it is handed over, tells of each trouble once, and asks no more', async () => {
  const process = new HandOvers()
  const round = async () =>
    (await process.round(rig.parts, { firstMonth: '2026-11' })).map(({ invoice, state }) => [invoice, state])
  rig.invoices.add(invoiceBodyOf(ACCOUNT, { month: '2026-10' }))
  rig.invoices.add(invoiceBodyOf(ACCOUNT))
  rig.stripe.fault = () => 'lost before'
  expect(await round()).toEqual([['2026-000002', 'pending']])
  expect(await round()).toEqual([])
  rig.stripe.fault = () => 'none'
  expect(await round()).toEqual([['2026-000002', 'open']])
  rig.invoices.add(invoiceBodyOf(ACCOUNT))
  expect(await round()).toEqual([['2026-000003', 'open']])
  const before = calls().length
  expect([await round(), calls().length]).toEqual([[], before])
})
