import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { searchFilter, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { ifSeen, lists, type Account } from '../api/lists.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { ConfirmChange } from '../parts/confirm-change.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Select } from '../parts/select.tsx'
import { TextField } from '../parts/text-field.tsx'

const columns: Column<Account>[] = [
  {
    id: 'name',
    header: 'Account',
    value: ({ name }) => name,
    cell: ({ name, id }) => (
      <div className="min-w-40">
        <span className="font-medium break-words">{name}</span>
        <div className="font-mono text-xs text-quiet">{id}</div>
      </div>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge>,
  },
  { id: 'plan', header: 'Plan', value: ({ plan }) => plan },
  { id: 'next_plan', header: 'Next plan', value: ({ next_plan }) => next_plan?.plan ?? null },
  {
    id: 'email',
    header: 'E-mail',
    value: ({ email }) => email,
    cell: ({ email }) => <span className="break-all">{email}</span>,
  },
  {
    id: 'created_at',
    header: 'Created',
    value: (one) => one.created_at,
    cell: (one) => <Moment at={one.created_at} />,
  },
  { id: 'actions', header: 'Actions', sortable: false, value: () => null, cell: (account) => <Actions of={account} /> },
]

/** Everybody who buys from this gateway: the operator's alone. */
export function Accounts(): React.JSX.Element {
  const accounts = useQuery(lists.accounts())
  const matches = useSearchFor()
  return (
    <>
      <PageHeader
        title="Accounts"
        about="Everybody who buys from this gateway. Each has its own keys, limits and invoices."
      >
        <CreateAccount />
      </PageHeader>
      <div className="mb-4">
        <Filters filters={[searchFilter]} />
      </div>
      <Answered query={accounts}>
        {(rows) => (
          <DataTable
            name="Accounts"
            columns={columns}
            rows={rows.filter(({ name, id, email, plan }) => matches([name, id, email, plan]))}
            rowKey={({ id }) => id}
            empty={<EmptyState title="No account is like that.">Clear the search to see all.</EmptyState>}
          />
        )}
      </Answered>
    </>
  )
}

function CreateAccount(): React.JSX.Element {
  const empty = { name: '', email: '', plan: 'none' }
  const [form, setForm] = useState(empty)
  return (
    <FormDialog
      action="Create account"
      title="Create an account"
      kind="primary"
      onOpen={() => setForm(empty)}
      onSubmit={() =>
        answerOf(
          api.POST('/api/v1/accounts', {
            body: { name: form.name, plan: form.plan, ...(form.email !== '' && { email: form.email }) },
          }),
        )
      }
    >
      <TextField label="Name" value={form.name} onChange={(name) => setForm({ ...form, name })} required />
      <TextField label="E-mail" type="email" value={form.email} onChange={(email) => setForm({ ...form, email })} />
      <PlanSelect value={form.plan} onChange={(plan) => setForm({ ...form, plan })} />
    </FormDialog>
  )
}

interface PlanSelectProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

/** On which plan. Reads which there are once it is shown. */
function PlanSelect({ value, onChange }: PlanSelectProps): React.JSX.Element {
  const plans = useQuery(lists.plans()).data ?? []
  const options = ['none', ...plans.map(({ id }) => id)].map((each) => ({ value: each, text: each }))
  return <Select label="Plan" value={value} options={options} onChange={onChange} />
}

function Actions({ of: { id, name, status, revision } }: { readonly of: Account }): React.JSX.Element {
  const seen = { params: { path: { id }, header: ifSeen(revision) } }
  return (
    <div className="flex items-center gap-3 whitespace-nowrap">
      <Link to="/billing" search={{ account: id } as never} className="text-accent underline">
        Plan and invoices
      </Link>
      {status === 'active' ? (
        <ConfirmChange
          action="Suspend"
          title={`Suspend the account "${name}"?`}
          done={`The account "${name}" is suspended.`}
          run={() => answerOf(api.POST('/api/v1/accounts/{id}/suspend', seen))}
        >
          Within a second none of its keys works, until it is resumed.
        </ConfirmChange>
      ) : (
        <ConfirmChange
          action="Resume"
          title={`Let the keys of "${name}" work again?`}
          done={`The account "${name}" is resumed.`}
          run={() => answerOf(api.POST('/api/v1/accounts/{id}/resume', seen))}
        >
          Keys that have been revoked meanwhile stay revoked.
        </ConfirmChange>
      )}
    </div>
  )
}
