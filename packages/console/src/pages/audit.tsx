import { useInfiniteQuery } from '@tanstack/react-query'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import type { AuditEntry } from '../api/lists.ts'
import { Button } from '../parts/button.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorState } from '../parts/error-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { Loading } from '../parts/loading.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'

const asText = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** Which fields of a record a change has touched, as they were and as they are. */
function changesIn({
  before,
  after,
}: AuditEntry): { readonly field: string; readonly was: string; readonly is: string }[] {
  const [old, now] = [before, after].map((record) =>
    typeof record === 'object' && record !== null
      ? new Map<string, unknown>(Object.entries(record))
      : new Map<string, unknown>(),
  )
  const fields = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])]
  return fields
    .map((field) => ({ field, was: asText(old?.get(field)), is: asText(now?.get(field)) }))
    .filter(({ was, is }) => was !== is)
}

const columns: Column<AuditEntry>[] = [
  { id: 'n', header: 'No.', numeric: true, value: ({ n }) => n },
  { id: 'at', header: 'When', value: ({ at }) => at, cell: ({ at }) => <Moment at={at} seconds /> },
  {
    id: 'actor',
    header: 'Who',
    value: ({ actor }) => actor,
    cell: ({ actor }) => <span className="whitespace-nowrap">{actor}</span>,
  },
  { id: 'action', header: 'What', value: ({ action }) => action },
  {
    id: 'id',
    header: 'To what',
    value: ({ kind, id }) => `${kind} ${id}`,
    cell: ({ kind, id }) => <span className="whitespace-nowrap">{`${kind} ${id}`}</span>,
  },
  {
    id: 'changes',
    header: 'Before and after',
    sortable: false,
    value: (entry) =>
      changesIn(entry)
        .map(({ field, was, is }) => `${field}: ${was} → ${is}`)
        .join('; '),
    cell: (entry) => <Changes of={entry} />,
  },
]

function Changes({ of: entry }: { readonly of: AuditEntry }): React.JSX.Element {
  const changes = changesIn(entry)
  return (
    <details className="min-w-56">
      <summary className="cursor-pointer text-accent">
        {entry.before === null ? 'made' : changes.map(({ field }) => field).join(', ') || 'nothing'}
      </summary>
      <dl className="mt-1 font-mono text-xs">
        {changes.map(({ field, was, is }) => (
          <div key={field} className="py-0.5">
            <dt className="text-quiet">{field}</dt>
            {was === '' ? null : <dd className="break-all text-bad">− {was}</dd>}
            {is === '' ? null : <dd className="break-all text-good">+ {is}</dd>}
          </div>
        ))}
      </dl>
    </details>
  )
}

/** Who has changed what, in the order in which it was. */
export function Audit(): React.JSX.Element {
  const { account, filters } = useAccount()
  const matches = useSearchFor()
  const audit = useInfiniteQuery({
    queryKey: ['audit', account],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: after }) =>
      answerOf(api.GET('/api/v1/audit', { params: { query: { account, after, limit: 1000 } } })),
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const rows = (audit.data?.pages ?? []).flatMap(({ data }) => data).toReversed()
  return (
    <>
      <PageHeader title="Audit" about="Who has changed what, before and after. Nothing is ever taken out of it." />
      <div className="mb-4">
        <Filters filters={[searchFilter, ...filters]} />
      </div>
      {audit.isError ? <ErrorState error={audit.error} retry={() => void audit.refetch()} /> : null}
      {audit.isPending ? <Loading /> : null}
      {audit.data === undefined ? null : (
        <DataTable
          name="Audit"
          columns={columns}
          rows={rows.filter(({ actor, action, kind, id }) => matches([actor, action, kind, id]))}
          rowKey={({ n, kind, id }) => `${n} ${kind} ${id}`}
          empty={<EmptyState title="Nothing like that has been changed." />}
        />
      )}
      {audit.hasNextPage ? (
        <Button busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          Read on
        </Button>
      ) : null}
    </>
  )
}
