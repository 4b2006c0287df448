import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { accountFilter } from '../account-filter.ts'
import { useAddress } from '../address.ts'
import { answerOf, api } from '../api/client.ts'
import { suggestions } from '../api/suggestions.ts'
import { Answered } from '../parts/answered.tsx'
import { Button } from '../parts/button.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters, type Filter } from '../parts/filters.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useMay } from '../session.ts'
import { requestColumns } from './requests/request-columns.tsx'
import type { RequestLine } from './requests/request-line.ts'
import { useLiveTail } from './requests/use-live-tail.ts'

const outcomes = ['complete', 'interrupted', 'failed', 'cancelled'] as const

const filtersOf = (account: string | undefined, mayReadKeys: boolean): readonly Filter[] => [
  { name: 'outcome', label: 'Outcome', options: outcomes },
  { name: 'model', label: 'Model' },
  { name: 'provider', label: 'Provider' },
  { name: 'key_id', label: 'Key', suggest: mayReadKeys ? suggestions.keys(account) : undefined },
  { name: 'customer', label: 'Customer' },
  { name: 'session', label: 'Session' },
  { name: 'since', label: 'From', type: 'datetime-local' },
  { name: 'until', label: 'Before', type: 'datetime-local' },
]

/** A moment of the visitor's zone, as a field has it, for the API. */
function momentOf(local: string | undefined): string | undefined {
  const moment = new Date(local ?? '')
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}

/** What was asked of the gateway, the newest first, and what is being asked just now. */
export function Requests(): React.JSX.Element {
  const [said, say] = useAddress()
  const isOperator = useMay('gateway.read')
  const filters = filtersOf(said['account'], useMay('keys.read'))
  const live = said['live'] === 'on'
  const asked = {
    account: said['account'],
    key_id: said['key_id'],
    customer: said['customer'],
    session: said['session'],
    model: said['model'],
    provider: said['provider'],
    outcome: outcomes.find((outcome) => outcome === said['outcome']),
  }
  const query = {
    ...asked,
    since: momentOf(said['since']),
    until: momentOf(said['until']),
    after: said['after'],
    limit: 100,
  }
  const requests = useQuery({
    queryKey: ['requests', query],
    queryFn: () => answerOf(api.GET('/api/v1/requests', { params: { query } })),
    placeholderData: keepPreviousData,
    enabled: !live,
  })
  const tail = useLiveTail(live, asked)
  return (
    <>
      <PageHeader title="Requests" about={live ? tailStates[tail.state] : 'The newest first.'}>
        <Button
          kind={live ? 'primary' : 'usual'}
          aria-pressed={live}
          onClick={() => say({ live: live ? undefined : 'on', after: undefined })}
        >
          {live ? 'Stop the live tail' : 'Live tail'}
        </Button>
      </PageHeader>
      <div className="mb-4">
        <Filters filters={isOperator ? [...filters, accountFilter] : filters} />
      </div>
      {live ? (
        <Lines rows={tail.lines} empty={<EmptyState title="Waiting for the next request" />} />
      ) : (
        <Answered query={requests} lines={12}>
          {({ data, next }) => (
            <>
              <Lines
                rows={data}
                empty={
                  <EmptyState title="No requests fit">
                    Loosen the filters, or send a request: the overview has one to paste.
                  </EmptyState>
                }
              />
              <nav aria-label="Parts of the list" className="mt-2 flex gap-2">
                {said['after'] === undefined ? null : (
                  <Button onClick={() => say({ after: undefined })}>Back to the newest</Button>
                )}
                {next === null ? null : <Button onClick={() => say({ after: next })}>Older</Button>}
              </nav>
            </>
          )}
        </Answered>
      )}
    </>
  )
}

const tailStates = {
  off: '',
  connecting: 'Connecting…',
  open: 'Live: requests appear as they end. Only what ends from now on is shown.',
  lost: 'The live tail was refused. Ten may be open at once: close another, then start it again.',
} as const

const Lines = ({ rows, empty }: { readonly rows: readonly RequestLine[]; readonly empty: React.ReactNode }) => (
  <DataTable
    name="Requests"
    columns={requestColumns}
    rows={rows}
    rowKey={({ id }) => id}
    empty={empty}
    sortable={false}
  />
)
