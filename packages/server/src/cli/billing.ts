import { createCheckout, createPortal } from '../operations/create-payment-page.ts'
import { handOverInvoices, type HandedOverView } from '../operations/hand-over-invoices.ts'
import { listPayments, type PaymentView } from '../operations/list-payments.ts'
import type { Operation } from '../operations/operation.ts'
import { asSaid, operator, text, type Command, type Terminal } from './command.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { json, show as print } from './on-one.ts'
import { printTable } from './table.ts'
import { configOption, dataOption, withStore } from './with-store.ts'

/** A command that prints a page of whoever takes payments, for an account. */
const pageCommand = (
  verb: 'checkout' | 'portal',
  more: readonly string[],
  summary: string,
  create: Operation<{ readonly url: string }>,
): Command => ({
  name: `billing ${verb}`,
  usage: `--account ID ${more.map((name) => `--${name} ${name.toUpperCase()} `).join('')}[--config FILE] [--json] [--data DIR]`,
  summary,
  options: {
    ...dataOption,
    ...configOption,
    ...json,
    ...accountOption,
    ...Object.fromEntries(more.map((name) => [name, { type: 'string' }] as const)),
  },
  run(invocation) {
    const { options } = invocation
    const fields = ['account', ...more]
    const wanted = Object.fromEntries(fields.map((name) => [name, text(options, name) ?? '']))
    const optionOf = Object.fromEntries(fields.map((name) => [name, name]))
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid(optionOf, () => create(parts, operator, wanted)))
      return 0
    })
  },
})

/** `speka billing hand-over`: exits with 1 when an invoice could not be handed over. */
const handOver: Command = {
  name: 'billing hand-over',
  usage: '[--month YYYY-MM] [--config FILE] [--json] [--data DIR]',
  summary: 'Hand issued invoices over to who takes payments, those that are not yet.',
  options: { ...dataOption, ...configOption, ...json, month: { type: 'string' } },
  run(invocation) {
    const { options, terminal } = invocation
    const wanted = { month: text(options, 'month') }
    return withStore(invocation, async (parts) => {
      const results = await asSaid({ month: 'month' }, () => handOverInvoices(parts, operator, wanted))
      if (options['json'] === true) terminal.out(JSON.stringify(results))
      else tellResults(results, terminal)
      return results.some(({ trouble }) => trouble !== null) ? 1 : 0
    })
  },
}

function tellResults(results: readonly HandedOverView[], terminal: Terminal): void {
  if (results.length === 0) {
    terminal.out('There is no invoice to hand over. "speka invoice list" shows those that were issued.')
    return
  }
  printTable(
    terminal,
    ['invoice', 'account', 'state'],
    results.map(({ invoice, account, state }) => [invoice, account, state]),
  )
  for (const { invoice, trouble } of results) if (trouble !== null) terminal.error(`${invoice}: ${trouble}`)
  if (results.some(({ state }) => state === 'unreachable'))
    terminal.error(
      'Accounts that are unreachable have neither an e-mail nor a payment method: set one, or send them a checkout.',
    )
}

/** `speka billing …` */
export const billingCommands: readonly Command[] = [
  handOver,
  pageCommand(
    'checkout',
    ['plan'],
    'Make a page where an account leaves a payment method and takes a plan.',
    createCheckout,
  ),
  pageCommand('portal', [], 'Make a page where an account changes its payment method.', createPortal),
  listCommand({
    name: 'billing payments',
    summary: 'List what became of invoices that were handed over.',
    list: listPayments,
    usage: '[--account ID]',
    options: accountOption,
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: ['invoice', 'account', 'USD', 'state', 'failed since', 'provider', 'reference'],
    cells: (payment: PaymentView) => [
      payment.invoice,
      payment.account,
      payment.total_usd,
      payment.state,
      day(payment.failed_since),
      payment.provider,
      payment.reference,
    ],
    none: 'No invoice has been handed over yet: speka billing hand-over',
  }),
]
