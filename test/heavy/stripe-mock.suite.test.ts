import { creditNoteOf, invoiceBodyOf } from '../../packages/server/src/payments/__fixtures__/invoices.ts'
import { handOver } from '../../packages/server/src/payments/hand-over.ts'
import { openStripe } from '../../packages/server/src/payments/stripe/open-stripe.ts'
import { ACCOUNT, paymentsRig, settingsFor, type PaymentsRig } from '../support/stripe/payments-rig.ts'
import { installStripeMock, startStripeMock, type StripeMock } from '../support/stripe/stripe-mock.ts'
import { SECRET_KEY, signedEvent } from '../support/stripe/stripe-server.ts'

const trouble = installStripeMock()
if (trouble !== undefined) process.stderr.write(`stripe-mock cannot be had, and its tests are skipped. ${trouble}\n`)
const describeWithMock = trouble === undefined ? describe : describe.skip

describeWithMock('by the description of Stripe’s API', () => {
  let mock: StripeMock
  let rig: PaymentsRig
  beforeAll(async () => {
    mock = await startStripeMock()
    rig = await paymentsRig({
      email: 'buyer@example.com',
      buyer: { name: 'Buyer Ltd', address: '1 High Street\nDublin', country: 'IE' },
    })
  })
  afterAll(async () => {
    mock?.close()
    await rig?.close()
  })

  /** Does everything that is ever asked of Stripe, once. */
  async function everything(): Promise<void> {
    const { provider, stripe } = rig
    await handOver(rig.parts, rig.invoices.add(invoiceBodyOf(ACCOUNT)))
    await handOver(rig.parts, rig.invoices.add(creditNoteOf(ACCOUNT)))
    const customer = (await rig.account()).payer?.customer ?? ''
    await provider.openCheckout(customer, ACCOUNT, 'pro')
    await provider.openPortal(customer)
    const subscription = stripe.books.make(
      'sub',
      'subscription',
      {},
      { status: 'active', default_payment_method: 'pm_1' },
    )
    await rig.change({ payer: { provider: 'stripe', customer, subscription: subscription.id } })
    await handOver(rig.parts, rig.invoices.add(invoiceBodyOf(ACCOUNT)))
    await provider.usePaymentMethodOf(subscription.id, customer)
    await provider.endSubscription(subscription.id)
    const object = { id: 'dp_1', status: 'needs_response', payment_intent: 'pi_1' }
    const created = Math.floor(rig.clock.now() / 1000)
    const { body, signature } = signedEvent({ id: 'evt_1', type: 'charge.dispute.created', created, object })
    await provider.readMessage({ body: Buffer.from(body), signature, receivedAt: rig.clock.now() })
    stripe.books.objects.set('ch_1', {
      id: 'ch_1',
      object: 'charge',
      created,
      metadata: {},
      payment_intent: 'pi_1',
      amount_refunded: 100,
    })
    stripe.books.happened({ id: 'evt_2', type: 'charge.refunded', created, object: { id: 'ch_1', object: 'charge' } })
    const span = { from: rig.clock.now() - 86_400_000, until: rig.clock.now() + 1000 }
    for await (const { read } of provider.listEvents(span)) await read()
    await provider.standingOf(stripe.books.all('invoice')[0]?.id ?? '')
  }

  test('each request is one that Stripe takes', async () => {
    await everything()
    const answers = await Promise.all(
      rig.stripe.calls.map(async ({ method, path, sent }) => {
        const isRead = method === 'GET'
        const answer = await fetch(`${mock.url}${path}${isRead ? `?${sent}` : ''}`, {
          method,
          headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
          ...(!isRead && { body: sent }),
        })
        return { call: `${method} ${path}`, sent, status: answer.status, answer: await answer.text() }
      }),
    )
    expect(answers.length).toBeGreaterThan(30)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  })

  test('a request that Stripe does not take is noticed', async () => {
    const answer = await fetch(`${mock.url}/v1/invoices`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'customer=cus_1&total=3142',
    })
    expect(answer.status).toBe(400)
  })

  test('what Stripe answers is read', async () => {
    const provider = await openStripe(settingsFor(mock))
    const customer = await provider.createCustomer(await rig.account())
    expect(customer).toMatch(/^cus_/)
    expect(await provider.openPortal(customer)).toEqual({ url: expect.stringMatching(/^https:/), expiresAt: undefined })
    const credit = rig.invoices.add(creditNoteOf(ACCOUNT))
    const kept: string[] = []
    const standing = await provider.collect(
      { ...credit, customer, isCharged: false, totalCents: -450, items: [] },
      undefined,
      async (reference) => void kept.push(reference),
    )
    expect(standing).toEqual({ reference: kept[0], state: 'paid', at: expect.any(Number) })
  })
})
