import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { ifSeen, lists, type Token } from '../api/lists.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { ConfirmChange } from '../parts/confirm-change.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { Select } from '../parts/select.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useMay, useSession } from '../session.ts'

const roles = ['viewer', 'member', 'billing', 'admin', 'owner', 'operator'] as const

interface MadeToken {
  readonly name: string
  readonly secret: string
}

interface TokensShown {
  readonly mayWrite: boolean
  readonly showsAccount: boolean
}

const columnsFor = ({ mayWrite, showsAccount }: TokensShown): Column<Token>[] => [
  {
    id: 'name',
    header: 'Token',
    value: ({ name }) => name,
    cell: ({ name }) => <span className="font-medium break-words">{name}</span>,
  },
  { id: 'role', header: 'Role', value: ({ role }) => role },
  ...(!showsAccount ? [] : [{ id: 'account', header: 'Account', value: ({ account }: Token) => account }]),
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge>,
  },
  {
    id: 'created_at',
    header: 'Created',
    value: (one) => one.created_at,
    cell: (one) => <Moment at={one.created_at} />,
  },
  {
    id: 'expires_at',
    header: 'Expires',
    value: (one) => one.expires_at,
    cell: (one) => <Moment at={one.expires_at} />,
  },
  ...(mayWrite
    ? [
        {
          id: 'actions',
          header: 'Actions',
          sortable: false,
          value: () => null,
          cell: (one: Token) => (one.status === 'active' ? <Revoke of={one} /> : null),
        },
      ]
    : []),
]

/** What programs call the management API with. */
export function Tokens(): React.JSX.Element {
  // Held here, so that nothing that is read anew takes it away while it is being copied.
  const [made, setMade] = useState<MadeToken>()
  const { account, filters } = useAccount()
  const tokens = useQuery(lists.tokens(account))
  const mayWrite = useMay('tokens.write')
  const matches = useSearchFor()
  const columns = columnsFor({ mayWrite, showsAccount: filters.length > 0 })
  return (
    <>
      <PageHeader
        title="Tokens"
        about="What programs call the management API with. A token does what its role may, and no more."
      >
        {mayWrite ? <CreateToken account={account} onMade={setMade} /> : null}
      </PageHeader>
      <div className="mb-4">
        <Filters filters={[searchFilter, ...filters]} />
      </div>
      <Answered query={tokens}>
        {(rows) => (
          <DataTable
            name="Tokens"
            columns={columns}
            rows={rows.filter(({ name, id, role }) => matches([name, id, role]))}
            rowKey={({ id }) => id}
            empty={
              <EmptyState title="There is no token yet.">
                Create one for a program that reads usage or makes keys.
              </EmptyState>
            }
          />
        )}
      </Answered>
      <Dialog title="The new token" open={made !== undefined} onOpenChange={() => setMade(undefined)}>
        {made === undefined ? null : <SecretOnce what={`The token "${made.name}"`} secret={made.secret} />}
      </Dialog>
    </>
  )
}

interface CreateTokenProps {
  readonly account: string | undefined
  readonly onMade: (made: MadeToken) => void
}

function CreateToken({ account, onMade }: CreateTokenProps): React.JSX.Element {
  const isOperator = useSession().actor === 'operator'
  const mayOwners = useMay('owners.write')
  const [form, setForm] = useState({ name: '', role: 'viewer' })
  const given = roles.filter((role) => (role === 'operator' ? isOperator : role !== 'owner' || mayOwners))
  return (
    <FormDialog
      action="Create token"
      title="Create a token"
      kind="primary"
      onOpen={() => setForm({ name: '', role: 'viewer' })}
      onSubmit={async () => {
        const role = given.find((one) => one === form.role) ?? 'viewer'
        const whose = role === 'operator' ? undefined : (account ?? (isOperator ? 'default' : undefined))
        const { name, token } = await answerOf(
          api.POST('/api/v1/tokens', {
            body: { name: form.name, role, ...(whose !== undefined && { account: whose }) },
          }),
        )
        onMade({ name, secret: token })
      }}
    >
      <TextField label="Name" value={form.name} onChange={(name) => setForm({ ...form, name })} required />
      <Select
        label="Role"
        value={form.role}
        options={given.map((value) => ({ value, text: value }))}
        onChange={(role) => setForm({ ...form, role })}
      />
    </FormDialog>
  )
}

const Revoke = ({ of: { id, name, revision } }: { readonly of: Token }): React.JSX.Element => (
  <ConfirmChange
    action="Revoke"
    title={`Revoke the token "${name}"?`}
    done={`The token "${name}" is revoked.`}
    run={() => answerOf(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id }, header: ifSeen(revision) } }))}
  >
    Programs that use it are refused from their next request on. It cannot be brought back.
  </ConfirmChange>
)
