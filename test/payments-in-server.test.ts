import { invoiceBodyOf } from '../packages/server/src/payments/__fixtures__/invoices.ts'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { runSpeka } from './support/run-speka.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'
import {
  SECRET_KEY,
  signedEvent,
  startStripe,
  WEBHOOK_SECRET,
  type StripeServer,
} from './support/stripe/stripe-server.ts'

const seller = { name: 'Acme' }
let stripe: StripeServer
let gateway: Gateway
beforeAll(async () => {
  stripe = await startStripe()
  gateway = await spawnGateway({
    billing: {
      seller,
      grace_days: 0,
      stripe: {
        secret_key: SECRET_KEY,
        webhook_secret: [WEBHOOK_SECRET, 'whsec_that_goes_away'],
        return_url: 'https://app.example/billing',
        base_url: stripe.url,
      },
    },
  })
})
afterAll(async () => {
  await gateway?.close()
  await stripe?.close()
})

const placesOf = ({ data, configFile }: Gateway) => ({ SPEKA_DATA_DIR: data, SPEKA_CONFIG: configFile })

const speka = async (command: string) => {
  const ended = await runSpeka(`${command} --json`, placesOf(gateway))
  return { ...ended, json: ended.out === '' ? undefined : JSON.parse(ended.out) }
}

const api = async (path: string, token: string, body?: object) => {
  const answer = await fetch(`${gateway.adminOrigin}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

const post = (body: string | Uint8Array<ArrayBuffer>, signature: string | undefined) =>
  fetch(`${gateway.origin}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(signature !== undefined && { 'stripe-signature': signature }) },
    body,
  })

const now = (): number => Math.floor(Date.now() / 1000)
/** @param later by how many seconds it comes to be later than now */
const send = (
  type: string,
  object: object,
  over: { readonly secret?: string; readonly seconds?: number } = {},
  later = 0,
) => {
  const { body, signature } = signedEvent({ id: `evt_${type}`, type, created: now() + later, object }, over)
  return post(body, signature)
}

test('an account takes a plan at a Checkout, is invoiced, and pays', async () => {
  const account: string = (await speka('accounts create --name Buyer --email buyer@example.com')).json.id
  const { json: page } = await speka(`billing checkout --account ${account} --plan starter`)
  expect(page).toMatchObject({ account, url: expect.stringMatching(/^https:\/\/checkout\.example\//) })

  const [session] = stripe.books.all('checkout.session')
  const metadata = { speka_account: account, speka_plan: 'starter' }
  const method = { status: 'active', default_payment_method: 'pm_1', metadata }
  const { id: subscription } = stripe.books.make('sub', 'subscription', {}, method)
  expect((await send('checkout.session.completed', { ...session, subscription })).status).toBe(200)
  expect((await speka(`accounts show ${account}`)).json).toMatchObject({ plan: 'starter' })

  await issue(account)
  expect((await speka('billing hand-over --month 2026-11')).json).toEqual([
    { invoice: '2026-000001', account, state: 'open', trouble: null },
  ])
  const [made] = stripe.books.all('invoice')
  expect(made).toMatchObject({ collection_method: 'charge_automatically', status: 'open' })
  expect(stripe.books.totalOf(made?.id ?? '')).toBe(3142)

  expect((await send('invoice.payment_failed', { ...made })).status).toBe(200)
  expect((await speka(`alerts list --account ${account}`)).json[0]).toMatchObject({ type: 'payment.failed' })
  expect((await send('invoice.paid', { ...made, status: 'paid' }, {}, 60)).status).toBe(200)
  const { json: payments } = await speka('billing payments')
  expect(payments).toMatchObject([
    { invoice: '2026-000001', account, total_usd: '31.42', state: 'paid', reference: made?.id },
  ])
  expect((await api('/api/v1/payments', gateway.adminToken)).body).toEqual({ data: payments, next: null })
})

test('who pays for an account opens its pages, and nobody else', async () => {
  const account: string = (await speka('accounts create --name Other --email other@example.com')).json.id
  const tokenOf = async (role: string): Promise<string> =>
    (await speka(`tokens create --name ${role} --role ${role} --account ${account}`)).json.token
  const [billing, viewer] = [await tokenOf('billing'), await tokenOf('viewer')]
  expect(await api('/api/v1/billing/portal', billing, {})).toMatchObject({
    status: 201,
    body: { account, expires_at: null },
  })
  expect(await api('/api/v1/billing/checkout', billing, { plan: 'pro' })).toMatchObject({
    status: 201,
    body: { account },
  })
  expect(await api('/api/v1/billing/checkout', billing, { plan: 'none' })).toMatchObject({ status: 400 })
  expect(await api('/api/v1/billing/checkout', billing, { plan: 'platinum' })).toMatchObject({ status: 400 })
  expect(await api('/api/v1/billing/portal', viewer, {})).toMatchObject({ status: 403 })
})

test('what is not from Stripe is refused, and nothing is done', async () => {
  const version = (await speka('audit')).json.length
  const [made] = stripe.books.all('invoice')
  const failed = { ...made, status: 'open' }
  expect((await send('invoice.payment_failed', failed, { secret: 'whsec_of_somebody' })).status).toBe(400)
  expect((await send('invoice.payment_failed', failed, { seconds: now() - 400 })).status).toBe(400)
  expect((await post('{}', undefined)).status).toBe(400)
  expect((await post(Buffer.alloc(600 * 1024, ' '), 't=1,v1=2')).status).toBe(413)
  expect((await fetch(`${gateway.origin}/webhooks/stripe`)).status).toBe(405)
  expect((await send('customer.created', { id: 'cus_1' })).status).toBe(200)
  expect((await speka('audit')).json.length).toBe(version)
})

test('a secret that goes away still counts, and no secret is in the log', async () => {
  const answer = await send('customer.created', { id: 'cus_1' }, { secret: 'whsec_that_goes_away' })
  expect(answer.status).toBe(200)
  expect(gateway.logs()).not.toContain(SECRET_KEY)
  expect(gateway.logs()).not.toContain('whsec_')
})

test('without Stripe in the configuration there is no webhook, and commands say what is missing', async () => {
  const plain = await spawnGateway({ billing: { seller } })
  const { body, signature } = signedEvent({ id: 'evt_1', type: 'invoice.paid', created: now(), object: {} })
  const answer = await fetch(`${plain.origin}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'stripe-signature': signature },
    body,
  })
  expect(answer.status).toBe(404)
  const { code, error } = await runSpeka('billing hand-over', placesOf(plain))
  expect([code, error]).toEqual([1, expect.stringContaining('say billing.stripe in the configuration')])
  await plain.close()
})

async function issue(account: string): Promise<void> {
  const store = await storeIn(gateway.data).open()
  const body = JSON.stringify(invoiceBodyOf(account))
  await store.invoices.issue([{ account, month: '2026-11', issuedAt: Date.now(), body }])
  await store.close()
}
