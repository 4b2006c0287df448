// An issued invoice is handed over to Stripe, a reply is lost on the way, and it is handed over again: Stripe has it once. Then
// Stripe tells that it could not be charged. Uses the small Stripe of the tests, so it needs no key and no network; with a key of
// a sandbox and without `baseUrl` the calls are the same.
import { handOver } from '../packages/server/src/payments/hand-over.ts'
import { takeEvent } from '../packages/server/src/payments/take-event.ts'
import { invoiceBodyOf } from '../packages/server/src/payments/__fixtures__/invoices.ts'
import { ACCOUNT, paymentsRig } from '../test/support/stripe/payments-rig.ts'
import { signedEvent } from '../test/support/stripe/stripe-server.ts'

const rig = await paymentsRig()
const { stripe, parts, provider, clock } = rig
const invoice = rig.invoices.add(invoiceBodyOf(ACCOUNT))

// The invoice is made at Stripe, and nobody hears of it any more.
let isLost = false
stripe.fault = (_, { method, path }) => {
  isLost ||= method === 'POST' && path === '/v1/invoices'
  return isLost ? 'lost behind' : 'none'
}
await handOver(parts, invoice).catch((error: Error) => console.log(`lost: ${error.name}`))
stripe.fault = () => 'none'
console.log(`handed over again: ${await handOver(parts, invoice)}`)

for (const { id, number } of stripe.books.all('invoice')) {
  console.log(`at Stripe: ${String(number)} over ${stripe.books.totalOf(id)} cents`)
  for (const { description, amount } of stripe.books.all('invoiceitem'))
    console.log(`  ${String(description).padEnd(22)}${String(amount).padStart(6)}`)
}

const [object = {}] = stripe.books.all('invoice')
const created = clock.now() / 1000 + 60
const { body, signature } = signedEvent({ id: 'evt_1', type: 'invoice.payment_failed', created, object })
const event = await provider.readMessage({ body: Buffer.from(body), signature, receivedAt: clock.now() })
if (event !== undefined) await takeEvent(parts, event)
console.log(`then: ${(await rig.payment())?.state}, and the account has ${parts.graceDays} days`)
await rig.close()
