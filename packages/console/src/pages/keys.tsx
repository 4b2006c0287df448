import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { useAddress } from '../address.ts'
import { lists, MOST_ROWS, type Key } from '../api/lists.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FullLimit } from '../parts/full-limit.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useMay } from '../session.ts'
import { CreateKey, KeyActions, NewKey, type MadeKey } from './keys/key-forms.tsx'

const tones: Readonly<Record<Key['status'], Tone>> = {
  active: 'good',
  revoked: 'bad',
  replaced: 'warn',
  expired: 'warn',
}

interface KeysShown {
  readonly mayWrite: boolean
  readonly showsAccount: boolean
  readonly onMade: (made: MadeKey) => void
}

const columnsFor = ({ mayWrite, showsAccount, onMade }: KeysShown): Column<Key>[] => [
  {
    id: 'name',
    header: 'Key',
    value: ({ name }) => name,
    cell: ({ name, mode, id }) => (
      <div className="min-w-40">
        <span className="font-medium break-words">{name}</span> {mode === 'test' ? <Badge>test</Badge> : null}
        <div className="font-mono text-xs text-quiet">{id}</div>
      </div>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={tones[status]}>{status}</Badge>,
  },
  ...(!showsAccount ? [] : [{ id: 'account', header: 'Account', value: ({ account }: Key) => account }]),
  { id: 'team', header: 'Team', value: ({ team, team_name: name }) => name ?? team },
  { id: 'environment', header: 'Environment', value: ({ environment }) => environment },
  { id: 'tags', header: 'Tags', value: ({ tags }) => tags.join(', ') },
  { id: 'models', header: 'Models', value: ({ models }) => models?.join(', ') ?? 'all' },
  {
    id: 'limits',
    header: 'Limits',
    sortable: false,
    value: (key) => key.limits.map(({ limit, kind, window }) => `${limit} ${kind} a ${window}`).join('; '),
    cell: (key) =>
      key.limits.length === 0 ? (
        <span className="text-quiet">none of its own</span>
      ) : (
        <div className="flex flex-col gap-2">
          {key.limits.map((limit) => (
            <FullLimit key={limit.id} limit={limit} />
          ))}
        </div>
      ),
  },
  {
    id: 'last_used_at',
    header: 'Last used',
    value: (key) => key.last_used_at,
    cell: (key) => <Moment at={key.last_used_at} relative />,
  },
  {
    id: 'created_at',
    header: 'Created',
    value: (key) => key.created_at,
    cell: (key) => <Moment at={key.created_at} />,
  },
  {
    id: 'expires_at',
    header: 'Expires',
    value: (key) => key.expires_at,
    cell: (key) => <Moment at={key.expires_at} />,
  },
  ...(mayWrite
    ? [
        {
          id: 'actions',
          header: 'Actions',
          sortable: false,
          value: () => null,
          cell: (key: Key) => <KeyActions of={key} onMade={onMade} />,
        },
      ]
    : []),
]

/** The virtual keys: made, replaced, changed and stopped here. */
export function Keys(): React.JSX.Element {
  // Held here, since the row of a key that was replaced changes while its successor is being copied.
  const [made, setMade] = useState<MadeKey>()
  const { account, filters } = useAccount()
  const keys = useQuery(lists.keys(account))
  useLive({
    path: pathOf('/api/v1/keys', { account, include: 'limits,team', limit: MOST_ROWS }),
    queryKey: lists.keys(account).queryKey,
    on: keys.isSuccess,
    isList: true,
  })
  const mayWrite = useMay('keys.write')
  const matches = useSearchFor()
  const [said] = useAddress()
  const columns = columnsFor({
    mayWrite,
    showsAccount: filters.length > 0,
    onMade: setMade,
  })
  return (
    <>
      <PageHeader
        title="Keys"
        about="What programs call the gateway with. Each has limits of its own, and can be stopped alone."
      >
        {mayWrite ? <CreateKey account={account} onMade={setMade} /> : null}
      </PageHeader>
      <div className="mb-4">
        <Filters
          filters={[searchFilter, { name: 'status', label: 'Status', options: Object.keys(tones) }, ...filters]}
        />
      </div>
      <Answered query={keys}>
        {(rows) => (
          <DataTable
            name="Keys"
            columns={columns}
            rows={rows.filter(
              ({ name, id, environment, tags, status }) =>
                matches([name, id, environment, ...tags]) && (said['status'] ?? status) === status,
            )}
            rowKey={({ id }) => id}
            empty={
              <EmptyState title={rows.length === 0 ? 'No key has been made yet.' : 'No key is like that.'}>
                {rows.length === 0
                  ? 'Create the first one: it is shown once, with examples to paste.'
                  : 'Clear the filters to see all.'}
              </EmptyState>
            }
          />
        )}
      </Answered>
      <Dialog title="The new key" open={made !== undefined} onOpenChange={() => setMade(undefined)}>
        {made === undefined ? null : <NewKey {...made} />}
      </Dialog>
    </>
  )
}
