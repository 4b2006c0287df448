import { textIn, textsIn, type Form } from './form.ts'

/** An object of Stripe: whatever it has besides, it has an id. */
export interface StripeObject {
  readonly id: string
  readonly object: string
  readonly created: number
  metadata: Record<string, string>
  [field: string]: unknown
}

/** Something that is refused, as Stripe says it. */
export class Refused extends Error {
  readonly status: number
  readonly type: string
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string, type = 'invalid_request_error') {
    super(message)
    this.status = status
    this.code = code
    this.type = type
  }
}

/** What Stripe has, in memory: as much of it as the hand-over of invoices asks for, with Stripe's rules for it. */
export class Books {
  readonly objects = new Map<string, StripeObject>()
  /** In s since the epoch, as Stripe counts. */
  now: () => number
  #made = 0

  constructor(now: () => number) {
    this.now = now
  }

  /** Does what a call asks for. @throws Refused */
  answer(method: string, path: string, form: Form): object {
    const [, , kind = '', id = '', verb = ''] = path.split('/')
    const call = `${method} ${kind}${id === '' ? '' : '/:id'}${verb === '' ? '' : `/${verb}`}`
    switch (call) {
      case 'POST customers':
        return this.make('cus', 'customer', form, { balance: 0, name: null, email: null })
      case 'POST customers/:id':
        return this.#update(id, form)
      case 'GET customers/:id':
      case 'GET subscriptions/:id':
        return this.find(id)
      case 'POST customers/:id/balance_transactions':
        return this.#credit(id, form)
      case 'GET customers/:id/balance_transactions':
        return this.#list('customer_balance_transaction', (one) => one['customer'] === id)
      case 'POST invoices':
        return this.#draft(form)
      case 'GET invoices':
        return this.#list('invoice', (one) => one['customer'] === textIn(form, 'customer'))
      case 'GET invoices/:id':
        return this.#withTotal(this.find(id))
      case 'POST invoices/:id/finalize':
        return this.#finalize(id)
      case 'POST invoiceitems':
        return this.#item(form)
      case 'GET invoiceitems':
        return this.#list('invoiceitem', (one) => one['invoice'] === textIn(form, 'invoice'))
      case 'GET events':
        return this.#events(form)
      case 'GET charges/:id':
        return this.find(id)
      case 'GET invoice_payments':
        return this.#payments(textsIn(form, 'payment')['payment_intent'])
      case 'POST checkout/:id':
        return this.make('cs_test', 'checkout.session', form, {
          mode: textIn(form, 'mode'),
          customer: textIn(form, 'customer'),
          subscription: null,
          url: `https://checkout.example/${this.#made + 1}`,
          expires_at: this.now() + 86_400,
        })
      case 'POST billing_portal/:id':
        return this.make('bps', 'billing_portal.session', form, { url: `https://portal.example/${this.#made + 1}` })
      case 'DELETE subscriptions/:id':
        return Object.assign(this.find(id), { status: 'canceled' })
      default:
        throw new Refused(404, `Unrecognized request URL (${method}: ${path}).`)
    }
  }

  make(prefix: string, object: string, form: Form, fields: Record<string, unknown>): StripeObject {
    this.#made += 1
    const id = `${prefix}_${String(this.#made).padStart(8, '0')}`
    const made = { id, object, created: this.now(), metadata: textsIn(form, 'metadata'), ...fields }
    this.objects.set(id, made)
    return made
  }

  /** Something has happened: it is on record, whether or not anybody is told. */
  happened({ id, type, created, object }: { id: string; type: string; created: number; object: object }): void {
    this.objects.set(id, { id, object: 'event', created, metadata: {}, type, data: { object } })
  }

  /** @throws Refused */
  find(id: string): StripeObject {
    const there = this.objects.get(id)
    if (there === undefined) throw new Refused(404, `No such object: '${id}'`, 'resource_missing')
    return there
  }

  all(object: string): StripeObject[] {
    return [...this.objects.values()].filter((one) => one.object === object)
  }

  /** What the items of an invoice come to, in cents. */
  totalOf(invoice: string): number {
    return this.all('invoiceitem')
      .filter((one) => one['invoice'] === invoice)
      .reduce((sum, { amount }) => sum + Number(amount), 0)
  }

  #list(object: string, wanted: (one: StripeObject) => boolean): object {
    // The newest first, as Stripe lists.
    const data = this.all(object).filter(wanted).toReversed()
    return { object: 'list', data: data.map((one) => this.#withTotal(one)), has_more: false, url: '/v1' }
  }

  #withTotal(one: StripeObject): StripeObject {
    return one.object === 'invoice' ? { ...one, total: this.totalOf(one.id) } : one
  }

  /** By when it has happened, the newest first, a page at a time; nothing that is older than 30 days. */
  #events(form: Form): object {
    const { gte = '0', lt = 'Infinity' } = textsIn(form, 'created')
    const types = Object.values(textsIn(form, 'types'))
    const all = this.all('event')
      .filter(({ created, type }) => created >= Number(gte) && created < Number(lt) && types.includes(String(type)))
      .filter(({ created }) => created > this.now() - 30 * 86_400)
      .toSorted((one, other) => other.created - one.created)
    const after = textIn(form, 'starting_after')
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
    const data = all.slice(start, start + Number(textIn(form, 'limit') ?? 10))
    return { object: 'list', data, has_more: start + data.length < all.length, url: '/v1/events' }
  }

  #update(id: string, form: Form): StripeObject {
    const customer = this.find(id)
    for (const name of ['name', 'email']) if (name in form) customer[name] = textIn(form, name)
    if ('invoice_settings' in form) customer['invoice_settings'] = textsIn(form, 'invoice_settings')
    return customer
  }

  #credit(customer: string, form: Form): StripeObject {
    const amount = Number(textIn(form, 'amount'))
    const there = this.find(customer)
    there['balance'] = Number(there['balance']) + amount
    return this.make('cbtxn', 'customer_balance_transaction', form, { customer, amount })
  }

  #draft(form: Form): StripeObject {
    const number = textIn(form, 'number') ?? null
    this.find(textIn(form, 'customer') ?? '')
    if (this.all('invoice').some((one) => one['number'] === number))
      throw new Refused(400, `Another invoice has the number ${number}.`)
    return this.make('in', 'invoice', form, {
      customer: textIn(form, 'customer'),
      number,
      collection_method: textIn(form, 'collection_method'),
      status: 'draft',
      status_transitions: { finalized_at: null, paid_at: null, voided_at: null, marked_uncollectible_at: null },
    })
  }

  #item(form: Form): StripeObject {
    const invoice = textIn(form, 'invoice') ?? ''
    if (this.find(invoice)['status'] !== 'draft')
      throw new Refused(400, 'This invoice is no longer editable.', 'invoice_not_editable')
    const [amount, description] = [Number(textIn(form, 'amount')), textIn(form, 'description')]
    return this.make('ii', 'invoiceitem', form, { invoice, amount, description })
  }

  #finalize(id: string): StripeObject {
    const invoice = this.find(id)
    if (invoice['status'] !== 'draft') throw new Refused(400, 'This invoice is already finalized.')
    Object.assign(invoice, { status: 'open', status_transitions: { finalized_at: this.now() } })
    return this.#withTotal(invoice)
  }

  #payments(intent: string | undefined): object {
    const data = this.all('invoice')
      .filter((one) => one['payment_intent'] === intent && intent !== undefined)
      .map((invoice) => ({ id: `inpay_${invoice.id}`, object: 'invoice_payment', invoice }))
    return { object: 'list', data, has_more: false, url: '/v1/invoice_payments' }
  }
}
