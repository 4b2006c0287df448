import type { Billing } from '../packages/server/src/config/billing-schema.ts'
import { operator } from '../packages/server/src/cli/command.ts'
import { listPayments, type PaymentView } from '../packages/server/src/operations/list-payments.ts'
import { invoiceBodyOf } from '../packages/server/src/payments/__fixtures__/invoices.ts'
import { catchUp } from '../packages/server/src/payments/catch-up.ts'
import { handOver } from '../packages/server/src/payments/hand-over.ts'
import { openPayments, PAYMENTS_LOOK_MS } from '../packages/server/src/payments/open-payments.ts'
import { takeEvent } from '../packages/server/src/payments/take-event.ts'
import type { StripeObject } from './support/stripe/books.ts'
import { ACCOUNT, paymentsRig, settingsFor, type PaymentsRig } from './support/stripe/payments-rig.ts'
import { signedEvent, snapshot, type SentEvent } from './support/stripe/stripe-server.ts'
import { eventually } from './support/eventually.ts'
import { operationsOn } from './support/admin-parts.ts'

const DAY_S = 86_400
const HOUR_MS = 3_600_000

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

/** Something happens at Stripe, and no message of it comes. */
const happens = (type: string, seconds: number, object: object = { ...snapshot(made), status: 'open' }): SentEvent => {
  const event = { id: `evt_${type}_${seconds}`, type, created: start + seconds, object }
  rig.stripe.books.happened(event)
  return event
}
const isPaid = (seconds: number): SentEvent => happens('invoice.paid', seconds, { ...snapshot(made), status: 'paid' })

async function deliver(event: SentEvent): Promise<boolean> {
  const { body, signature } = signedEvent(event, { seconds: Math.floor(rig.clock.now() / 1000) })
  const message = { body: Buffer.from(body), signature, receivedAt: rig.clock.now() }
  const read = await rig.provider.readMessage(message)
  return read !== undefined && takeEvent(rig.parts, read)
}

const state = async () => (await rig.payment())?.state
const heardUntil = async () => (await rig.store.registry.get('payment_feed', 'stripe'))?.record.heardUntil
const listings = () => rig.stripe.calls.filter(({ path }) => path === '/v1/events').length

test('a payment whose message never came is known once it is asked for, and asked again changes nothing', async () => {
  isPaid(60)
  await rig.clock.advance(5 * DAY_S * 1000)
  await catchUp(rig.parts)
  expect(await state()).toBe('paid')
  const version = await rig.store.registry.version()
  await rig.clock.advance(HOUR_MS)
  await catchUp(rig.parts)
  expect(await rig.store.registry.version()).toBe(version)
})

test('what happened is done in its order, over days and pages, and the end is what counts', async () => {
  for (let second = 0; second < 250; second += 1) happens('invoice.payment_failed', 60 + second)
  isPaid(2 * DAY_S)
  happens('invoice.voided', 2 * DAY_S + 60)
  await rig.clock.advance(4 * DAY_S * 1000)
  await catchUp(rig.parts)
  expect(await state()).toBe('void')
  expect(await rig.alerts()).toEqual(['payment.failed', 'payment.settled'])
})

test('what was heard by a message already changes nothing, and nor does what is older', async () => {
  happens('invoice.payment_failed', 60)
  await deliver(isPaid(120))
  await rig.clock.advance(HOUR_MS)
  await catchUp(rig.parts)
  expect(await state()).toBe('paid')
  expect(await rig.alerts()).toEqual([])
})

test('whoever is interrupted goes on where it was, and asks for nothing before', async () => {
  isPaid(60)
  happens('invoice.voided', 10 * DAY_S)
  await rig.clock.advance(20 * DAY_S * 1000)
  let asked = 0
  await catchUp(rig.parts, { goesOn: () => (asked += 1) < 16 })
  expect(await state()).toBe('paid')
  const reached = await heardUntil()
  expect(reached).toBeLessThan(rig.clock.now())
  const before = listings()
  await catchUp(rig.parts)
  expect([await state(), await heardUntil()]).toEqual(['void', rig.clock.now()])
  expect(listings() - before).toBe(Math.ceil((rig.clock.now() - (reached ?? 0)) / (DAY_S * 1000)))
})

test('an event that cannot be taken holds up no other, and is taken later', async () => {
  const customer = (await rig.account()).payer?.customer
  const metadata = { speka_account: ACCOUNT, speka_plan: 'pro' }
  const subscription = rig.stripe.books.make('sub', 'subscription', {}, { metadata, status: 'active', customer })
  const session = { id: 'cs_1', mode: 'subscription', customer, subscription: subscription.id, metadata }
  happens('checkout.session.completed', 60, session)
  isPaid(2 * DAY_S)
  await rig.clock.advance(3 * DAY_S * 1000)
  rig.stripe.fault = (_, { path }) => (path.startsWith('/v1/subscriptions') ? 'lost before' : 'none')
  const troubles: string[] = []
  await catchUp(rig.parts, { onTrouble: (event) => troubles.push(event) })
  expect([await state(), troubles, rig.plans]).toEqual(['paid', ['evt_checkout.session.completed_60'], []])
  rig.stripe.fault = () => 'none'
  await catchUp(rig.parts)
  expect(rig.plans).toEqual([[ACCOUNT, 'pro']])
})

test('a checkout whose subscription has ended by the time it is heard of puts nobody on a plan', async () => {
  const customer = (await rig.account()).payer?.customer
  const metadata = { speka_account: ACCOUNT, speka_plan: 'pro' }
  const subscription = rig.stripe.books.make('sub', 'subscription', {}, { metadata, status: 'canceled', customer })
  const session = { id: 'cs_1', mode: 'subscription', customer, subscription: subscription.id, metadata }
  happens('customer.subscription.deleted', 120, snapshot(subscription))
  happens('checkout.session.completed', 60, session)
  await rig.clock.advance(HOUR_MS)
  await catchUp(rig.parts)
  expect(rig.plans).toEqual([])
})

test('who was away for longer than Stripe tells of asks for each invoice that is not settled', async () => {
  await catchUp(rig.parts)
  isPaid(60)
  Object.assign(made, { status: 'paid', status_transitions: { paid_at: start + 60 } })
  await rig.clock.advance(45 * DAY_S * 1000)
  await catchUp(rig.parts)
  expect(await state()).toBe('paid')
})

const billing = (): Billing => ({
  seller: { name: 'Acme' },
  taxes: [],
  graceDays: 7,
  stripe: settingsFor(rig.stripe),
})

describe('a process that runs', () => {
  const troubles: string[] = []
  const process = () =>
    openPayments({
      store: { ...rig.store, invoices: { ...rig.store.invoices, ...rig.invoices } },
      clock: rig.clock,
      tell: rig.parts.tell,
      putOnPlan: rig.parts.putOnPlan,
      onTrouble: (trouble) => troubles.push(trouble),
      open: async () => rig.provider,
    })
  beforeEach(() => void (troubles.length = 0))

  test('asks at its start and once an hour', async () => {
    isPaid(60)
    await rig.clock.advance(2 * PAYMENTS_LOOK_MS)
    const payments = process()
    await payments.configure(billing())
    await payments.look()
    const first = listings()
    expect(first).toBeGreaterThan(0)
    await rig.clock.advance(PAYMENTS_LOOK_MS)
    await payments.look()
    expect(listings()).toBe(first)
    expect(await state()).toBe('paid')
    await rig.clock.advance(HOUR_MS)
    await eventually(async () => {
      await rig.clock.advance(PAYMENTS_LOOK_MS)
      return listings() > first
    }, 'it has asked again')
    await payments.close()
  })

  test('suspends nobody before it has heard what was paid meanwhile', async () => {
    await deliver(happens('invoice.payment_failed', 60))
    isPaid(120)
    await rig.clock.advance(9 * DAY_S * 1000)
    rig.stripe.fault = () => 'lost before'
    const payments = process()
    await payments.configure(billing())
    await payments.look()
    expect((await rig.account()).status).toBe('active')
    expect(troubles[0]).toContain('cannot be asked for what was missed')
    rig.stripe.fault = () => 'none'
    await payments.look()
    expect([await state(), (await rig.account()).status]).toEqual(['paid', 'active'])
    expect(await rig.alerts()).not.toContain('account.suspended_unpaid')
    await payments.close()
  })
})

const shown = async (): Promise<PaymentView> => {
  const parts = operationsOn(rig.store, Buffer.from('pepper'), () => rig.clock.now())
  const [first] = await listPayments(parts, operator, {})
  if (first === undefined) throw new Error('there is a payment')
  return first
}
/** So many cents of what was charged are given back by now. */
const charge = (cents: number): object => {
  const object = { id: 'ch_1', object: 'charge', created: start, metadata: {}, payment_intent: 'pi_1' }
  rig.stripe.books.objects.set('ch_1', { ...object, amount_refunded: cents })
  return object
}

describe('a refund', () => {
  beforeEach(async () => {
    made['payment_intent'] = 'pi_1'
    await deliver(isPaid(60))
  })

  test('of a part is told beside what was paid, of all of it in its place; nobody owes or has credit because of it', async () => {
    const account = await rig.account()
    expect(await deliver(happens('charge.refunded', 120, charge(1000)))).toBe(true)
    expect(await shown()).toMatchObject({ state: 'paid', refunded_usd: '10' })
    expect(await deliver(happens('charge.refunded', 180, charge(3142)))).toBe(true)
    expect(await shown()).toMatchObject({ state: 'refunded', refunded_usd: '31.42', failed_since: null })
    expect(await rig.account()).toEqual(account)
    for (const kind of ['adjustment', 'grant'] as const) expect(await rig.store.registry.list(kind)).toEqual([])
  })

  test('counts once, however often and in which order it is told, and is found when no message came', async () => {
    const first = happens('charge.refunded', 120, charge(1000))
    const second = happens('charge.refunded', 180, charge(1500))
    expect([await deliver(second), await deliver(first), await deliver(second)]).toEqual([true, false, false])
    expect(await shown()).toMatchObject({ state: 'paid', refunded_usd: '15' })
    charge(3142)
    await rig.clock.advance(HOUR_MS)
    await catchUp(rig.parts)
    expect(await shown()).toMatchObject({ state: 'refunded', refunded_usd: '31.42' })
  })

  test('that has failed after all is none', async () => {
    await deliver(happens('charge.refunded', 120, charge(3142)))
    charge(0)
    await deliver(happens('refund.failed', 180, { id: 're_1', object: 'refund', charge: 'ch_1' }))
    expect(await shown()).toMatchObject({ state: 'paid', refunded_usd: '0' })
  })

  test('of what Speka has not handed over is none of its', async () => {
    made['payment_intent'] = 'pi_of_somebody'
    expect(await deliver(happens('charge.refunded', 120, charge(1000)))).toBe(false)
    expect(await shown()).toMatchObject({ refunded_usd: '0' })
  })

  test('of a payment that is disputed leaves it so', async () => {
    const dispute = { id: 'dp_1', object: 'dispute', status: 'needs_response', payment_intent: 'pi_1' }
    happens('charge.dispute.created', 120, dispute)
    happens('charge.refunded', 180, charge(3142))
    await rig.clock.advance(HOUR_MS)
    await catchUp(rig.parts)
    expect(await shown()).toMatchObject({ state: 'disputed', refunded_usd: '31.42' })
  })
})
