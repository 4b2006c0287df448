import { renderCsv } from '../billing/render-csv.ts'
import { renderHtml } from '../billing/render-html.ts'
import { renderText } from '../billing/render-text.ts'
import type { InvoiceDocument } from '../billing/invoice-document.ts'
import { closeMonth as close } from '../operations/close-month.ts'
import { draftInvoice as draft } from '../operations/draft-invoice.ts'
import { listInvoices as list } from '../operations/list-invoices.ts'
import { showInvoice as show } from '../operations/show-invoice.ts'
import { asSaid, operator, text, UsageError, type Command, type Invocation, type Terminal } from './command.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { json } from './on-one.ts'
import { configOption, dataOption, withStore, withStoreToRead } from './with-store.ts'

/** An invoice as people and programs want it, by the word that asks for it. */
const formats: Readonly<Record<string, (document: InvoiceDocument) => string>> = {
  json: (document) => JSON.stringify(document),
  csv: renderCsv,
  html: renderHtml,
}

const formatOptions = { ...json, format: { type: 'string' } } as const

const optionOf = { account: 'account', month: 'month', without_owners: 'without-owner' }

/** The month that a command is about. @throws UsageError when none is given */
function monthIn({ options }: Invocation): string {
  const month = text(options, 'month')
  if (month === undefined) throw new UsageError('Say which month: --month 2026-11')
  return month
}

/** How an invoice is to be shown. @throws UsageError for a format that there is not */
function formatIn({ options }: Invocation): (document: InvoiceDocument) => string {
  const said = options['json'] === true ? 'json' : text(options, 'format')
  if (said === undefined) return renderText
  const format = Object.hasOwn(formats, said) ? formats[said] : undefined
  if (format === undefined)
    throw new UsageError(`--format must be one of ${Object.keys(formats).join(', ')}, not "${said}".`)
  return format
}

/** Lines end where a command's output does. */
const print = ({ out }: Terminal, page: string): void => out(page.replace(/\r?\n$/, ''))

/** `speka invoice`: the invoice of an account and month, or what it comes to so far. */
const invoice: Command = {
  name: 'invoice',
  usage: '[--account ID] --month YYYY-MM [--format json|csv|html] [--json] [--data DIR] [--config FILE]',
  summary: 'Show the invoice of an account and month, or a draft of it.',
  options: { ...dataOption, ...configOption, ...accountOption, ...formatOptions, month: { type: 'string' } },
  async run(invocation) {
    const { options, terminal } = invocation
    const wanted = { account: text(options, 'account'), month: monthIn(invocation) }
    const render = formatIn(invocation)
    const document = await asSaid(optionOf, () =>
      withStoreToRead(invocation, (parts) => draft(parts, operator, wanted)),
    )
    print(terminal, render(document))
    return 0
  },
}

/** `speka invoice show`: one that was issued. */
const showInvoice: Command = {
  name: 'invoice show',
  usage: 'NUMBER [--format json|csv|html] [--json] [--data DIR]',
  summary: 'Show an invoice that was issued.',
  takesMore: true,
  options: { ...dataOption, ...formatOptions },
  async run(invocation) {
    const { positionals, terminal } = invocation
    const [number, ...more] = positionals
    if (number === undefined || more.length > 0)
      throw new UsageError('Give one number, such as 2026-000001; "speka invoice list" shows them.')
    const render = formatIn(invocation)
    print(terminal, render(await withStoreToRead(invocation, (parts) => show(parts, operator, { number }))))
    return 0
  },
}

/** `speka invoice close`: issues the invoices of a month. Exits with 1 before the time. */
const closeMonth: Command = {
  name: 'invoice close',
  usage: '--month YYYY-MM [--without-owner ID,…] [--json] [--data DIR] [--config FILE]',
  summary: 'Issue the invoices of a month that has ended, once each.',
  options: {
    ...dataOption,
    ...configOption,
    ...json,
    month: { type: 'string' },
    'without-owner': { type: 'string' },
  },
  async run(invocation) {
    const { options, terminal } = invocation
    const wanted = { month: monthIn(invocation), without_owners: ownersIn(invocation) }
    const onProgress = showProgress(terminal)
    const closed = await asSaid(optionOf, () =>
      withStore(invocation, (parts) => close({ ...parts, onProgress }, operator, wanted)),
    )
    if (options['json'] === true) terminal.out(JSON.stringify(closed))
    else terminal.out(wordsFor(closed))
    return 0
  },
}

function wordsFor({ month, invoices, issued, ...closed }: Awaited<ReturnType<typeof close>>): string {
  if (issued > 0)
    return `${month} is closed: issued ${counted(issued)}, ${closed.first_number} to ${closed.last_number}.`
  if (invoices > 0) return `${month} was closed already, with ${counted(invoices)}.`
  return `${month} is closed: none of ${closed.accounts} accounts had anything to pay for.`
}

const counted = (invoices: number): string => (invoices === 1 ? '1 invoice' : `${invoices} invoices`)

function ownersIn({ options }: Invocation): number[] | undefined {
  const said = text(options, 'without-owner')
  if (said === undefined) return undefined
  const ids = said.split(',')
  const stray = ids.find((id) => !/^\d{1,15}$/.test(id))
  if (stray !== undefined)
    throw new UsageError(`--without-owner must be ids of owners such as 3 or 3,4, not "${stray}".`)
  return ids.map(Number)
}

/** How often to say how far it is, in ms. */
const SAY_MS = 1000

/** Says on a terminal how far it is. */
function showProgress(terminal: Terminal): (progress: { readonly done: number; readonly total: number }) => void {
  let saidAt = performance.now()
  return ({ done, total }) => {
    const now = performance.now()
    if (!terminal.isTty || now - saidAt < SAY_MS) return
    saidAt = now
    terminal.error(`Closing: ${done} of ${total} accounts …`)
  }
}

/** `speka invoice …` */
export const invoiceCommands: readonly Command[] = [
  invoice,
  listCommand({
    name: 'invoice list',
    summary: 'List the invoices that were issued.',
    list,
    usage: '[--account ID] [--month YYYY-MM]',
    options: { ...accountOption, month: { type: 'string' } },
    wanted: (options) => ({ account: text(options, 'account'), month: text(options, 'month') }),
    headings: ['number', 'account', 'month', 'kind', 'issued', 'net usd', 'total usd'],
    cells: ({ number, account, month, kind, issued_at: issued, net_usd: net, total_usd: total }) => [
      number,
      account,
      month,
      kind.replace('_', ' '),
      day(issued),
      net,
      total,
    ],
    none: 'No invoice has been issued yet. A month that has ended is closed by: speka invoice close --month YYYY-MM',
  }),
  showInvoice,
  closeMonth,
]
