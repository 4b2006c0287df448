import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { useAddress } from '../address.ts'
import { answerOf, api } from '../api/client.ts'
import { ifSeen, lists, type Limit } from '../api/lists.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { ConfirmChange } from '../parts/confirm-change.tsx'
import { Count } from '../parts/count.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { FullLimit } from '../parts/full-limit.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Select } from '../parts/select.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useMay, useSession } from '../session.ts'

const subjectOf = ({ subject, account }: Limit): string =>
  subject.kind === 'account'
    ? `account ${account}`
    : subject.id === null
      ? `each ${subject.kind}`
      : `${subject.kind} ${subject.id}`

const subjectKinds = ['account', 'team', 'environment', 'member', 'key', 'customer', 'tag'] as const

const columnsFor = (mayChange: (limit: Limit) => boolean): Column<Limit>[] => [
  {
    id: 'subject',
    header: 'Whose requests',
    value: subjectOf,
    cell: (limit) => <span className="break-all">{subjectOf(limit)}</span>,
  },
  {
    id: 'limit',
    header: 'Used',
    value: ({ spent_usd, limit, kind, window }) => `${spent_usd ?? ''} of ${limit} ${kind} a ${window}`,
    cell: (limit) => <FullLimit limit={limit} />,
  },
  { id: 'models', header: 'Models', value: ({ models }) => models ?? 'all' },
  { id: 'on_reached', header: 'When reached', value: ({ on_reached }) => on_reached },
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
    cell: (limit) => (limit.status === 'active' && mayChange(limit) ? <RemoveLimit of={limit} /> : null),
  },
]

/** All rules on what may be used, and how full each is. */
export function Limits(): React.JSX.Element {
  const { account, filters } = useAccount()
  const limits = useQuery(lists.limits(account))
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
        {mayWrite ? <SetLimit account={account} /> : null}
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
              (limit) => limit.status === status && matches([subjectOf(limit), limit.id, limit.models]),
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

const amountKinds = {
  usd: 'US dollars',
  rpm: 'requests a minute',
  rpd: 'requests a day',
  tpm: 'tokens a minute',
  max_parallel: 'requests at once',
} as const

const windows = ['day', 'week', 'month', 'lifetime'] as const

function SetLimit({ account }: { readonly account: string | undefined }): React.JSX.Element {
  const empty = { kind: 'key', id: '', rule: 'usd', amount: '', window: 'month', models: '' }
  const [form, setForm] = useState(empty)
  const set = (field: keyof typeof empty) => (value: string) => setForm((before) => ({ ...before, [field]: value }))
  const send = (): Promise<unknown> => {
    const kind = subjectKinds.find((each) => each === form.kind) ?? 'account'
    const subject = kind === 'account' ? undefined : form.id === '' ? { each: kind } : { [kind]: form.id }
    const window = windows.find((each) => each === form.window) ?? 'month'
    const amount = form.rule === 'usd' ? { usd: form.amount, window } : { [form.rule]: Number(form.amount) }
    return answerOf(
      api.POST('/api/v1/limits', {
        body: {
          ...(account !== undefined && { account }),
          ...(subject !== undefined && { subject }),
          ...amount,
          ...(form.models !== '' && { models: form.models }),
        },
      }),
    )
  }
  return (
    <FormDialog action="Set limit" title="Set a limit" kind="primary" onOpen={() => setForm(empty)} onSubmit={send}>
      <Select
        label="Whose requests"
        value={form.kind}
        options={subjectKinds.map((value) => ({ value, text: value }))}
        onChange={set('kind')}
      />
      {form.kind === 'account' ? null : (
        <TextField
          label={`Which ${form.kind}`}
          value={form.id}
          onChange={set('id')}
          hint={`Its id or name. Empty: each ${form.kind} has it for itself.`}
        />
      )}
      <Select
        label="What is limited"
        value={form.rule}
        options={Object.entries(amountKinds).map(([value, text]) => ({ value, text }))}
        onChange={set('rule')}
      />
      <TextField label="How much" inputMode="decimal" value={form.amount} onChange={set('amount')} required />
      {form.rule === 'usd' ? (
        <Select
          label="In each"
          value={form.window}
          options={windows.map((value) => ({ value, text: value }))}
          onChange={set('window')}
        />
      ) : null}
      <TextField
        label="Models"
        value={form.models}
        onChange={set('models')}
        hint="A pattern such as meta/*. Empty: all."
      />
    </FormDialog>
  )
}
