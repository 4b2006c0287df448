import type { Billing, Grant, Invoice } from '../../api/lists.ts'
import { compareUsd } from '../../format/usd.ts'
import { Badge } from '../../parts/badge.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Money } from '../../parts/money.tsx'
import { Panel } from '../../parts/panel.tsx'

const invoiceColumns = (stateOf: (invoice: string) => string | null): Column<Invoice>[] => [
  { id: 'number', header: 'Number', value: ({ number }) => number },
  { id: 'month', header: 'Month', value: ({ month }) => month },
  { id: 'kind', header: 'Kind', value: ({ kind }) => (kind === 'invoice' ? 'invoice' : 'credit note') },
  { id: 'issued_at', header: 'Issued', value: (one) => one.issued_at, cell: (one) => <Moment at={one.issued_at} /> },
  {
    id: 'total_usd',
    header: 'Total (USD)',
    numeric: true,
    value: (one) => one.total_usd,
    cell: (one) => <Money usd={one.total_usd} />,
    compare: (one, other) => compareUsd(one.total_usd, other.total_usd),
  },
  {
    id: 'payment',
    header: 'Payment',
    value: ({ number }) => stateOf(number),
  },
  {
    id: 'open',
    header: 'Open',
    sortable: false,
    value: () => null,
    cell: ({ number }) => (
      <InvoiceLinks what={`invoice ${number}`} at={`/api/v1/invoices/${encodeURIComponent(number)}?`} />
    ),
  },
]

/** The invoices that were issued, and what this month's will be. */
export function Invoices({ billing }: { readonly billing: Billing }): React.JSX.Element {
  const { account, invoices, payments } = billing
  const { month } = billing.month
  const draft = `/api/v1/invoices/draft?account=${encodeURIComponent(account.id)}&month=${month}`
  const columns = invoiceColumns((number) => paymentText(payments.find(({ invoice }) => invoice === number)))
  return (
    <Panel
      title="Invoices"
      aside={<InvoiceLinks what={`the draft of ${month}`} at={`${draft}&`} label={`Draft of ${month}`} />}
    >
      <DataTable
        name="Invoices"
        columns={columns}
        rows={invoices}
        rowKey={({ number }) => number}
        empty={
          <EmptyState title="No invoice has been issued yet.">
            The first comes when a month has ended. Its draft can be opened at any time.
          </EmptyState>
        }
      />
    </Panel>
  )
}

/** What became of an invoice, and what of it was given back. */
function paymentText(payment: Billing['payments'][number] | undefined): string | null {
  if (payment === undefined) return null
  const { state, refunded_usd: refunded } = payment
  return state === 'refunded' || refunded === '0' ? state : `${state}, $${refunded} refunded`
}

interface InvoiceLinksProps {
  readonly what: string
  /** Its address, up to where the format is said. */
  readonly at: string
  readonly label?: string | undefined
}

const InvoiceLinks = ({ what, at, label = 'View' }: InvoiceLinksProps): React.JSX.Element => (
  <span className="flex gap-3 whitespace-nowrap">
    <a
      className="text-accent underline"
      href={`${at}format=html`}
      target="_blank"
      rel="noreferrer"
      aria-label={`View ${what}`}
    >
      {label}
    </a>
    <a className="text-accent underline" href={`${at}format=csv`} download aria-label={`Download ${what} as CSV`}>
      CSV
    </a>
  </span>
)

const creditColumns: Column<Grant>[] = [
  { id: 'note', header: 'Credit', value: ({ note, id }) => note ?? id },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'usual'}>{status}</Badge>,
  },
  {
    id: 'usd',
    header: 'Given (USD)',
    numeric: true,
    value: ({ usd }) => usd,
    cell: ({ usd }) => <Money usd={usd} />,
    compare: (one, other) => compareUsd(one.usd, other.usd),
  },
  {
    id: 'left_usd',
    header: 'Left (USD)',
    numeric: true,
    value: (one) => one.left_usd,
    cell: (one) => <Money usd={one.left_usd} />,
  },
  {
    id: 'expires_at',
    header: 'Expires',
    value: (one) => one.expires_at,
    cell: (one) => <Moment at={one.expires_at} />,
  },
]

/** Prepaid credit, and what is left of it. */
export function Credit({ grants }: { readonly grants: readonly Grant[] }): React.JSX.Element {
  return (
    <Panel title="Prepaid credit">
      <DataTable
        name="Prepaid credit"
        columns={creditColumns}
        rows={grants}
        rowKey={({ id }) => id}
        sortName="sort-credit"
        empty={<EmptyState title="There is no prepaid credit." />}
      />
    </Panel>
  )
}
