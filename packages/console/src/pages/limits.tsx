import { useQuery } from '@tanstack/react-query'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { useAddress } from '../address.ts'
import { answerOf, api } from '../api/client.ts'
import { ifSeen, lists, MOST_ROWS, type Limit } from '../api/lists.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { ConfirmChange } from '../parts/confirm-change.tsx'
import { Count } from '../parts/count.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FullLimit } from '../parts/full-limit.tsx'
import { Moment } from '../parts/moment.tsx'
import { LongText } from '../parts/long-text.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useMay, useSession } from '../session.ts'
import { EditLimit, SetLimit } from './limits/limit-dialog.tsx'
import { subjectInWords } from './limits/limit-form.ts'

const subjectOf = ({ subject, subject_name: name, account }: Limit): string =>
  subjectInWords({ kind: subject.kind, id: name ?? subject.id ?? '' }, account)

/** What happens when it is reached, and with whom. */
const whenReached = ({ on_reached, fallback }: Limit): string =>
  fallback === null ? on_reached : `${on_reached}: ${fallback.join(', ')}`

const columnsFor = (mayChange: (limit: Limit) => boolean): Column<Limit>[] => [
  {
    id: 'subject',
    header: 'Whose requests',
    value: subjectOf,
    cell: (limit) => (
      <LongText>
        {subjectOf(limit)}
        {(limit.subject_name ?? null) === null ? null : (
          <span className="block font-mono text-xs text-quiet">{limit.subject.id}</span>
        )}
      </LongText>
    ),
  },
  {
    id: 'limit',
    header: 'Used',
    value: ({ spent_usd, limit, kind, window }) => `${spent_usd ?? ''} of ${limit} ${kind} a ${window}`,
    cell: (limit) => <FullLimit limit={limit} />,
  },
  { id: 'models', header: 'Models', value: ({ models }) => models ?? 'all' },
  {
    id: 'on_reached',
    header: 'When reached',
    value: whenReached,
    cell: (limit) => <span className="break-words">{whenReached(limit)}</span>,
  },
  {
    id: 'resets_at',
    header: 'Begins anew',
    value: (limit) => limit.resets_at,
    cell: ({ resets_at, window }) => (resets_at === null && window !== 'lifetime' ? '' : <Moment at={resets_at} />),
  },
  {
    id: 'refused_last_day',
    header: 'Refused (24 h)',
    numeric: true,
    value: (limit) => limit.refused_last_day,
    cell: (limit) => <Count of={limit.refused_last_day} />,
  },
  { id: 'set_by', header: 'Set by', value: ({ set_by }) => set_by },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'usual'}>{status}</Badge>,
  },
  {
    id: 'actions',
    header: 'Actions',
    sortable: false,
    value: () => null,
    cell: (limit) =>
      limit.status === 'active' && mayChange(limit) ? (
        <div className="flex gap-2">
          <EditLimit of={limit} />
          <RemoveLimit of={limit} />
        </div>
      ) : null,
  },
]

/** All rules on what may be used, and how full each is. */
export function Limits(): React.JSX.Element {
  const { account, filters } = useAccount()
  const limits = useQuery(lists.limits(account))
  useLive({
    path: pathOf('/api/v1/limits', { account, include: 'name', limit: MOST_ROWS }),
    queryKey: lists.limits(account).queryKey,
    on: limits.isSuccess,
    isList: true,
  })
  const mayWrite = useMay('limits.write')
  const isOperator = useSession().actor === 'operator'
  const [said] = useAddress()
  const matches = useSearchFor()
  // What the operator has set is not an account's to change.
  const columns = columnsFor((limit) => mayWrite && (isOperator || limit.set_by === 'account'))
  const status = said['status'] ?? 'active'
  return (
    <>
      <PageHeader title="Limits" about="How much may be used, by whom. A limit is in force everywhere within a second.">
        {mayWrite ? <SetLimit account={account} kind="primary" /> : null}
      </PageHeader>
      <div className="mb-4">
        <Filters
          filters={[searchFilter, { name: 'status', label: 'Status', options: ['removed'], any: 'active' }, ...filters]}
        />
      </div>
      <Answered query={limits}>
        {(rows) => (
          <DataTable
            name="Limits"
            columns={columns}
            rows={rows.filter(
              (limit) =>
                limit.status === status && matches([subjectOf(limit), limit.subject.id, limit.id, limit.models]),
            )}
            rowKey={({ id }) => id}
            empty={
              <EmptyState title="No limit is like that.">
                Without a limit, what a plan allows is all that holds.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}

const RemoveLimit = ({ of: limit }: { readonly of: Limit }): React.JSX.Element => (
  <ConfirmChange
    action="Remove"
    title={`Remove the limit of ${limit.limit} ${limit.kind} on ${subjectOf(limit)}?`}
    done={`The limit on ${subjectOf(limit)} is removed.`}
    run={() =>
      answerOf(
        api.DELETE('/api/v1/limits/{id}', { params: { path: { id: limit.id }, header: ifSeen(limit.revision) } }),
      )
    }
  >
    Within a second, nothing but other limits and the plan holds those requests back.
  </ConfirmChange>
)
