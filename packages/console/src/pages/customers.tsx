import { useQuery } from '@tanstack/react-query'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { MOST_ROWS, type Customer } from '../api/lists.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { compareUsd } from '../format/usd.ts'
import { Answered } from '../parts/answered.tsx'
import { Count } from '../parts/count.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FullLimit } from '../parts/full-limit.tsx'
import { Money } from '../parts/money.tsx'
import { LongText } from '../parts/long-text.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useMay } from '../session.ts'
import { SetLimit } from './limits/limit-dialog.tsx'

const columnsFor = (mayLimit: boolean): Column<Customer>[] => [
  {
    id: 'customer',
    header: 'Customer',
    value: ({ customer }) => customer,
    cell: ({ customer }) => <LongText strong>{customer}</LongText>,
  },
  { id: 'account', header: 'Account', value: ({ account }) => account },
  {
    id: 'cost_usd',
    header: 'Cost (USD)',
    numeric: true,
    value: (one) => one.cost_usd,
    cell: (one) => <Money usd={one.cost_usd} />,
    compare: (one, other) => compareUsd(one.cost_usd, other.cost_usd),
  },
  {
    id: 'requests',
    header: 'Requests',
    numeric: true,
    value: ({ requests }) => requests,
    cell: ({ requests }) => <Count of={requests} />,
  },
  {
    id: 'failed',
    header: 'Failed',
    numeric: true,
    value: ({ failed }) => failed,
    cell: ({ failed }) => <Count of={failed} />,
  },
  {
    id: 'input_tokens',
    header: 'Input tokens',
    numeric: true,
    value: (one) => one.input_tokens,
    cell: (one) => <Count of={one.input_tokens} />,
  },
  {
    id: 'output_tokens',
    header: 'Output tokens',
    numeric: true,
    value: (one) => one.output_tokens,
    cell: (one) => <Count of={one.output_tokens} />,
  },
  {
    id: 'limits',
    header: 'Limits',
    sortable: false,
    value: ({ limits }) => limits.map(({ limit, kind, window }) => `${limit} ${kind} a ${window}`).join('; '),
    cell: ({ limits }) =>
      limits.length === 0 ? (
        <span className="text-quiet">none</span>
      ) : (
        <div className="flex flex-col gap-2">
          {limits.map((limit) => (
            <div key={limit.id}>
              <FullLimit limit={limit} />
              {limit.each ? <span className="text-xs text-quiet">as each customer has</span> : null}
            </div>
          ))}
        </div>
      ),
  },
  ...(mayLimit
    ? [
        {
          id: 'actions',
          header: 'Actions',
          sortable: false,
          value: () => null,
          cell: ({ account, customer }: Customer) => (
            <SetLimit account={account} subject={{ kind: 'customer', id: customer }} />
          ),
        },
      ]
    : []),
]

/** For whom requests were made, those who cost most first. */
export function Customers(): React.JSX.Element {
  const { account, filters } = useAccount()
  const matches = useSearchFor()
  const mayLimit = useMay('limits.write')
  const customers = useQuery({
    queryKey: ['customers', account],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/customers', { params: { query: { account, limit: MOST_ROWS } } }))).data,
  })
  useLive({
    path: pathOf('/api/v1/customers', { account, limit: MOST_ROWS }),
    queryKey: ['customers', account],
    on: customers.isSuccess,
    isList: true,
  })
  return (
    <>
      <PageHeader title="Customers" about="For whom requests were made in the last 30 days, and what limits each.">
        {mayLimit ? (
          <SetLimit
            action="Limit for each customer"
            kind="primary"
            account={account}
            subject={{ kind: 'customer', id: '' }}
          />
        ) : null}
      </PageHeader>
      <div className="mb-4">
        <Filters filters={[searchFilter, ...filters]} />
      </div>
      <Answered query={customers}>
        {(rows) => (
          <DataTable
            name="Customers"
            columns={columnsFor(mayLimit)}
            rows={rows.filter(({ customer }) => matches([customer]))}
            rowKey={({ account, customer }) => `${account} ${customer}`}
            empty={
              <EmptyState title="No request was made for a customer.">
                Say for whom a request is in its field <code>user</code>, and it is counted here.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}
