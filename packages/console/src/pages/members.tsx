import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { ifSeen, lists, type Member } from '../api/lists.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { ConfirmChange } from '../parts/confirm-change.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Select } from '../parts/select.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useMay } from '../session.ts'

const roles = ['owner', 'admin', 'billing', 'member', 'viewer'] as const
type Role = (typeof roles)[number]

/** What each may do, in short. */
const meanings: Readonly<Record<Role, string>> = {
  owner: 'everything, and makes owners',
  admin: 'everything but making owners',
  billing: 'sees usage, invoices and payments',
  member: 'sees usage, makes keys',
  viewer: 'looks on',
}

const tones: Readonly<Record<Member['status'], Tone>> = { invited: 'warn', active: 'good', removed: 'usual' }

const roleOf = (text: string): Role => roles.find((role) => role === text) ?? 'viewer'

interface MembersShown {
  /** The roles that may be given. */
  readonly given: readonly Role[]
  readonly mayChange: (member: Member) => boolean
  readonly showsAccount: boolean
}

const columnsFor = ({ given, mayChange, showsAccount }: MembersShown): Column<Member>[] => [
  {
    id: 'email',
    header: 'E-mail',
    value: ({ email }) => email,
    cell: ({ email }) => <span className="whitespace-nowrap">{email}</span>,
  },
  { id: 'role', header: 'Role', value: ({ role }) => role },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={tones[status]}>{status}</Badge>,
  },
  ...(!showsAccount ? [] : [{ id: 'account', header: 'Account', value: ({ account }: Member) => account }]),
  {
    id: 'created_at',
    header: 'Since',
    value: (one) => one.created_at,
    cell: (one) => <Moment at={one.created_at} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    sortable: false,
    value: () => null,
    cell: (member) => (mayChange(member) ? <Actions of={member} roles={given} /> : null),
  },
]

/** Who belongs to an account, and what each may do. */
export function Members(): React.JSX.Element {
  const { account, filters } = useAccount()
  const members = useQuery(lists.members(account))
  const mayWrite = useMay('members.write')
  const mayOwners = useMay('owners.write')
  const matches = useSearchFor()
  const given = roles.filter((role) => role !== 'owner' || mayOwners)
  const mayChange = ({ role, status }: Member): boolean =>
    mayWrite && status !== 'removed' && (role !== 'owner' || mayOwners)
  const columns = columnsFor({ given, mayChange, showsAccount: filters.length > 0 })
  return (
    <>
      <PageHeader title="Members" about="Who belongs here, and what each may do.">
        {mayWrite ? <Invite account={account} roles={given} /> : null}
      </PageHeader>
      <div className="mb-4">
        <Filters filters={[searchFilter, ...filters]} />
      </div>
      <Answered query={members}>
        {(rows) => (
          <DataTable
            name="Members"
            columns={columns}
            rows={rows.filter(({ email, role, id }) => matches([email, role, id]))}
            rowKey={({ id }) => id}
            empty={<EmptyState title="Nobody is here yet.">Invite a colleague by e-mail address.</EmptyState>}
          />
        )}
      </Answered>
    </>
  )
}

const optionsOf = (given: readonly Role[]) => given.map((role) => ({ value: role, text: `${role}: ${meanings[role]}` }))

function Invite({ account, roles: given }: { readonly account: string | undefined; readonly roles: readonly Role[] }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('member')
  return (
    <FormDialog
      action="Invite"
      title="Invite a member"
      kind="primary"
      onOpen={() => setEmail('')}
      onSubmit={() =>
        answerOf(api.POST('/api/v1/members', { body: { email, role, ...(account !== undefined && { account }) } }))
      }
    >
      <TextField label="E-mail" type="email" value={email} onChange={setEmail} required />
      <Select label="Role" value={role} options={optionsOf(given)} onChange={(text) => setRole(roleOf(text))} />
    </FormDialog>
  )
}

function Actions({ of: member, roles: given }: { readonly of: Member; readonly roles: readonly Role[] }) {
  const [role, setRole] = useState<Role>(member.role)
  const [revision, setRevision] = useState(member.revision)
  const path = { id: member.id }
  return (
    <div className="flex gap-2">
      <FormDialog
        action="Change role"
        title={`What ${member.email} may do`}
        submit="Save"
        onOpen={() => {
          setRole(member.role)
          setRevision(member.revision)
        }}
        onSubmit={() =>
          answerOf(api.PATCH('/api/v1/members/{id}', { params: { path, header: ifSeen(revision) }, body: { role } }))
        }
      >
        <Select label="Role" value={role} options={optionsOf(given)} onChange={(text) => setRole(roleOf(text))} />
      </FormDialog>
      <ConfirmChange
        action="Remove"
        title={`Remove ${member.email}?`}
        done={`${member.email} is removed.`}
        run={() => answerOf(api.DELETE('/api/v1/members/{id}', { params: { path, header: ifSeen(member.revision) } }))}
      >
        Within a second none of his keys works, and he is signed out.
      </ConfirmChange>
    </div>
  )
}
