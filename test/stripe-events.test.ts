import { invoiceBodyOf } from '../packages/server/src/payments/__fixtures__/invoices.ts'
import { handOver } from '../packages/server/src/payments/hand-over.ts'
import { suspendUnpaid } from '../packages/server/src/payments/suspend-unpaid.ts'
import { takeEvent } from '../packages/server/src/payments/take-event.ts'
import { ACCOUNT, paymentsRig, type PaymentsRig } from './support/stripe/payments-rig.ts'
import { signedEvent, snapshot, type SentEvent } from './support/stripe/stripe-server.ts'
import type { StripeObject } from './support/stripe/books.ts'

const DAY_S = 86_400

let rig: PaymentsRig
let start: number
let made: StripeObject
beforeEach(async () => {
  rig = await paymentsRig()
  start = Math.floor(rig.clock.now() / 1000)
  await handOver(rig.parts, rig.invoices.add(invoiceBodyOf(ACCOUNT)))
  made = rig.stripe.books.all('invoice')[0] ?? rig.stripe.books.find('none')
})
afterEach(() => rig.close())

/** Sends an event over the signature, as it comes from Stripe. @returns whether it was news */
async function deliver(event: SentEvent): Promise<boolean> {
  const { body, signature } = signedEvent(event, { seconds: Math.floor(rig.clock.now() / 1000) })
  const message = { body: Buffer.from(body), signature, receivedAt: rig.clock.now() }
  const read = await rig.provider.readMessage(message)
  return read !== undefined && takeEvent(rig.parts, read)
}

let events = 0
/** An event about the invoice, so many seconds behind the start. */
const about = (type: string, seconds: number, over: object = {}): SentEvent => {
  events += 1
  return { id: `evt_${events}`, type, created: start + seconds, object: { ...snapshot(made), ...over } }
}
const failed = (seconds: number) => about('invoice.payment_failed', seconds, { status: 'open' })
const paid = (seconds: number) => about('invoice.paid', seconds, { status: 'paid' })

const standing = async () => {
  const { status, unpaid } = await rig.account()
  return { payment: (await rig.payment())?.state, status, unpaid: unpaid?.invoice, ours: unpaid?.hasSuspended }
}
const fine = { payment: 'paid', status: 'active', unpaid: undefined, ours: undefined }

test('a payment that fails is told at once, suspends after the days of grace, and is made good by paying', async () => {
  await deliver(failed(60))
  expect(await standing()).toEqual({ payment: 'failed', status: 'active', unpaid: '2026-000001', ours: false })
  await rig.clock.advance(7 * DAY_S * 1000)
  expect(await suspendUnpaid(rig.parts)).toEqual([])
  await rig.clock.advance(60_000)
  expect(await suspendUnpaid(rig.parts)).toEqual([ACCOUNT])
  expect(await standing()).toEqual({ payment: 'failed', status: 'suspended', unpaid: '2026-000001', ours: true })
  expect(await suspendUnpaid(rig.parts)).toEqual([])
  await deliver(paid(8 * DAY_S))
  expect(await standing()).toEqual(fine)
  expect(await rig.alerts()).toEqual([
    'payment.failed',
    'account.suspended_unpaid',
    'payment.settled',
    'account.resumed_paid',
  ])
  const [first] = (await rig.store.alerts.list()).toReversed()
  expect(JSON.parse(first?.body ?? '')).toMatchObject({
    data: {
      account: ACCOUNT,
      invoice: '2026-000001',
      total_usd: '31.42',
      disputed: false,
      suspended_at: new Date((start + 60 + 7 * DAY_S) * 1000).toISOString(),
    },
  })
})

test('a second failure gives no further grace, and is not told again', async () => {
  await deliver(failed(60))
  await deliver(failed(3 * DAY_S))
  expect((await rig.account()).unpaid?.since).toBe((start + 60) * 1000)
  expect(await rig.alerts()).toEqual(['payment.failed'])
})

test.each([
  { what: 'in order', order: () => [failed(60), paid(120)] },
  { what: 'the newer first', order: () => [paid(120), failed(60)] },
  { what: 'the older again', order: () => [failed(60), paid(120), failed(60)] },
  { what: 'in the same second', order: () => [paid(120), paid(120), failed(120)] },
])('what is paid stays paid: $what', async ({ order }) => {
  for (const event of order()) await deliver(event)
  expect(await standing()).toEqual(fine)
})

test('a repeated event changes nothing, not even a revision', async () => {
  const event = failed(60)
  expect(await deliver(event)).toBe(true)
  const version = await rig.store.registry.version()
  expect([await deliver(event), await deliver(event)]).toEqual([false, false])
  expect(await rig.store.registry.version()).toBe(version)
})

test("a failure that was paid when it was told is none, and another gateway's invoice is none of ours", async () => {
  expect(await deliver(about('invoice.payment_failed', 60, { status: 'paid' }))).toBe(false)
  expect(await deliver(about('invoice.payment_failed', 60, { id: 'in_of_somebody', status: 'open' }))).toBe(false)
  expect(await deliver(about('invoice.paid', 60, { metadata: {} }))).toBe(false)
  expect(await deliver(about('customer.created', 60))).toBe(false)
  expect(await standing()).toMatchObject({ payment: 'open' })
})

test.each([
  { type: 'invoice.overdue', state: 'failed' },
  { type: 'invoice.marked_uncollectible', state: 'failed' },
  { type: 'invoice.voided', state: 'void' },
])('$type makes it $state', async ({ type, state }) => {
  await deliver(about(type, 60, { status: 'open' }))
  expect(await standing()).toMatchObject({ payment: state, unpaid: state === 'failed' ? '2026-000001' : undefined })
})

test('two invoices that fail count from the first, and both have to be paid', async () => {
  await handOver(rig.parts, rig.invoices.add(invoiceBodyOf(ACCOUNT, { month: '2026-12' })))
  const other = rig.stripe.books.all('invoice')[1]
  const ofOther = (event: SentEvent): SentEvent => ({
    ...event,
    object: { ...event.object, id: other?.id, metadata: other?.metadata },
  })
  await deliver(ofOther(failed(60)))
  await deliver(failed(120))
  expect(await standing()).toMatchObject({ payment: 'failed', unpaid: '2026-000002' })
  await rig.clock.advance(8 * DAY_S * 1000)
  await suspendUnpaid(rig.parts)
  await deliver(ofOther(paid(9 * DAY_S)))
  expect(await standing()).toEqual({ payment: 'failed', status: 'suspended', unpaid: '2026-000001', ours: true })
  await deliver(paid(9 * DAY_S + 1))
  expect(await standing()).toEqual(fine)
})

test('a suspension by the operator stays when the account pays', async () => {
  await rig.change({ status: 'suspended' })
  await deliver(failed(60))
  await rig.clock.advance(9 * DAY_S * 1000)
  expect(await suspendUnpaid(rig.parts)).toEqual([])
  await deliver(paid(9 * DAY_S))
  expect(await standing()).toEqual({ ...fine, status: 'suspended' })
})

test('whom the operator has resumed is not suspended once more for the same invoice', async () => {
  await deliver(failed(60))
  await rig.clock.advance(8 * DAY_S * 1000)
  await suspendUnpaid(rig.parts)
  await rig.change({ status: 'active' })
  expect(await suspendUnpaid(rig.parts)).toEqual([])
  await deliver(paid(9 * DAY_S))
  expect(await standing()).toEqual(fine)
})

test('a kill between the telling and the change is made good: told once, changed once', async () => {
  const change = rig.store.registry.change.bind(rig.store.registry)
  const killed = new Error('killed')
  const registry = { ...rig.store.registry, change: () => Promise.reject(killed) }
  const event = failed(60)
  const { body, signature } = signedEvent(event)
  const read = await rig.provider.readMessage({ body: Buffer.from(body), signature, receivedAt: rig.clock.now() })
  if (read === undefined) throw new Error('it is about the invoice')
  await expect(takeEvent({ ...rig.parts, registry }, read)).rejects.toBe(killed)
  expect(await takeEvent({ ...rig.parts, registry: { ...registry, change } }, read)).toBe(true)
  expect(await rig.alerts()).toEqual(['payment.failed'])
})

const dispute = (type: string, seconds: number, status: string): SentEvent => ({
  id: `evt_${type}`,
  type,
  created: start + seconds,
  object: { id: 'dp_1', object: 'dispute', status, payment_intent: 'pi_1' },
})

test.each([
  { status: 'won', end: fine },
  { status: 'warning_closed', end: fine },
  { status: 'lost', end: { payment: 'failed', status: 'active', unpaid: '2026-000001', ours: false } },
])('a disputed payment that is $status', async ({ status, end }) => {
  made['payment_intent'] = 'pi_1'
  await deliver(paid(60))
  await deliver(dispute('charge.dispute.created', 120, 'needs_response'))
  expect(await standing()).toMatchObject({ payment: 'disputed', unpaid: '2026-000001' })
  await deliver(paid(60))
  await deliver(dispute('charge.dispute.closed', 180, status))
  expect(await standing()).toEqual(end)
})

test('a dispute about what Speka has not handed over is none of its', async () => {
  expect(await deliver(dispute('charge.dispute.created', 120, 'needs_response'))).toBe(false)
})

const ended = (event: SentEvent, seconds: number): SentEvent => {
  const { subscription } = event.object as { subscription: string }
  const object = snapshot(rig.stripe.books.find(subscription))
  return { id: `${event.id}_end`, type: 'customer.subscription.deleted', created: start + seconds, object }
}
const statuses = () => rig.stripe.books.all('subscription').map(({ status }) => status)

describe('a checkout', () => {
  let customer: string
  beforeEach(async () => {
    customer = (await rig.account()).payer?.customer ?? ''
  })

  /** Opens a checkout and leaves a payment method there. */
  async function complete(plan: string, seconds: number): Promise<SentEvent> {
    const { url } = await rig.provider.openCheckout(customer, ACCOUNT, plan)
    const session = rig.stripe.books.all('checkout.session').find((one) => one['url'] === url)
    const metadata = { speka_account: ACCOUNT, speka_plan: plan }
    const fields = { metadata, status: 'active', default_payment_method: `pm_${plan}`, customer }
    const subscription = rig.stripe.books.make('sub', 'subscription', {}, fields)
    const object = { ...session, subscription: subscription.id }
    return { id: `evt_${plan}`, type: 'checkout.session.completed', created: start + seconds, object }
  }

  test('asks for nothing but a payment method', async () => {
    await complete('pro', 60)
    const call = rig.stripe.calls.find(({ path }) => path === '/v1/checkout/sessions')
    expect(call?.form).toMatchObject({
      mode: 'subscription',
      payment_method_collection: 'always',
      client_reference_id: ACCOUNT,
      line_items: { 0: { price_data: { unit_amount: '0', currency: 'usd' }, quantity: '1' } },
    })
  })

  test('puts the account on its plan, and what was left there pays; once', async () => {
    const event = await complete('pro', 60)
    expect([await deliver(event), await deliver(event)]).toEqual([true, false])
    expect(rig.plans).toEqual([[ACCOUNT, 'pro']])
    expect((await rig.account()).payer).toMatchObject({ customer, subscription: expect.stringMatching(/^sub_/) })
    expect(rig.stripe.books.find(customer)['invoice_settings']).toEqual({ default_payment_method: 'pm_pro' })
  })

  test('that is newer replaces the one before, whose end says nothing', async () => {
    const first = await complete('starter', 60)
    const second = await complete('pro', 120)
    await deliver(first)
    await deliver(second)
    expect(statuses()).toEqual(['canceled', 'active'])
    expect(await deliver(ended(first, 121))).toBe(false)
    expect(rig.plans).toEqual([
      [ACCOUNT, 'starter'],
      [ACCOUNT, 'pro'],
    ])
  })

  test('that comes late, behind a newer one, changes nothing', async () => {
    const first = await complete('starter', 60)
    await deliver(await complete('pro', 120))
    expect(await deliver(first)).toBe(false)
    expect(rig.plans).toEqual([[ACCOUNT, 'pro']])
    expect(statuses()).toEqual(['canceled', 'active'])
    expect(rig.stripe.books.find(customer)['invoice_settings']).toEqual({ default_payment_method: 'pm_pro' })
  })

  test('whose subscription the customer ends takes the account off its plan', async () => {
    const event = await complete('pro', 60)
    await deliver(event)
    expect([await deliver(ended(event, 120)), await deliver(ended(event, 120))]).toEqual([true, false])
    expect(rig.plans.at(-1)).toEqual([ACCOUNT, 'free'])
    expect((await rig.account()).payer?.subscription).toBeUndefined()
  })

  test('of a customer that is not the one of the account says nothing', async () => {
    const event = await complete('pro', 60)
    expect(await deliver({ ...event, object: { ...event.object, customer: 'cus_of_somebody' } })).toBe(false)
    expect(rig.plans).toEqual([])
  })
})

const event = () => paid(0)
const read = (body: string, signature: string, receivedAt = rig.clock.now()) =>
  rig.provider.readMessage({ body: Buffer.from(body), signature, receivedAt })

describe('a message', () => {
  test('that is as Stripe has sent it is read', async () => {
    const { body, signature } = signedEvent(event())
    expect(await read(body, signature)).toMatchObject({ kind: 'payment', invoice: '2026-000001', state: 'paid' })
  })

  test.each([
    ['with another secret', () => signedEvent(event(), { secret: 'whsec_of_somebody_else' })],
    ['that was changed on its way', () => ({ ...signedEvent(event()), body: signedEvent(failed(0)).body })],
    ['without a signature', () => ({ ...signedEvent(event()), signature: '' })],
    ['with a signature that is none', () => ({ ...signedEvent(event()), signature: 'v1=abc' })],
    ['that is six minutes old', () => signedEvent(event(), { seconds: start - 360 })],
  ])('%s is refused', async (_, make) => {
    const { body, signature } = make()
    await expect(read(body, signature)).rejects.toMatchObject({ code: 'invalid_request', status: 400 })
  })

  test('that is signed and no event is refused', async () => {
    const { createHmac } = await import('node:crypto')
    const mac = createHmac('sha256', 'whsec_of_the_tests').update(`${start}.{}`).digest('hex')
    await expect(read('{}', `t=${start},v1=${mac}`)).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
