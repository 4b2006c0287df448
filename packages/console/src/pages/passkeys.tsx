import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { searchFilter, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { ifSeen, lists, type Passkey } from '../api/lists.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { ConfirmChange } from '../parts/confirm-change.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useSession } from '../session.ts'
import { makePasskey } from './passkeys/make-passkey.ts'

const columns: readonly Column<Passkey>[] = [
  {
    id: 'name',
    header: 'Passkey',
    value: ({ name }) => name,
    cell: ({ name }) => <span className="font-medium break-words">{name}</span>,
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) =>
      status === 'active' ? <Badge tone="good">active</Badge> : <Badge tone="bad">copied, refused: remove it</Badge>,
  },
  { id: 'created_at', header: 'Added', value: (one) => one.created_at, cell: (one) => <Moment at={one.created_at} /> },
  {
    id: 'last_used_at',
    header: 'Last used',
    value: (one) => one.last_used_at,
    cell: (one) => (one.last_used_at === null ? 'never' : <Moment at={one.last_used_at} />),
  },
  {
    id: 'actions',
    header: 'Actions',
    sortable: false,
    value: () => null,
    cell: (one) => (
      <div className="flex flex-wrap gap-2">
        <Rename of={one} />
        <Remove of={one} />
      </div>
    ),
  },
]

/** What a member signs in with in place of a code. */
export function Passkeys(): React.JSX.Element {
  const { member } = useSession()
  return (
    <>
      <PageHeader
        title="Passkeys"
        about="Sign in by a finger, your face or a PIN, without an address and without a code."
      >
        {member === null ? null : <Add />}
      </PageHeader>
      {member === null ? (
        <EmptyState title="Passkeys are for members">
          Who comes in by a token, or as the operator, has none. Sign in as a member, where callers reach the gateway,
          to add one.
        </EmptyState>
      ) : (
        <Own />
      )}
    </>
  )
}

function Own(): React.JSX.Element {
  const { passkey_trouble: trouble } = useSession()
  const passkeys = useQuery(lists.passkeys())
  const matches = useSearchFor()
  return (
    <>
      {trouble === null ? null : <p className="mb-4 text-quiet">{trouble}</p>}
      <div className="mb-4">
        <Filters filters={[searchFilter]} />
      </div>
      <Answered query={passkeys}>
        {(rows) => (
          <DataTable
            name="Passkeys"
            columns={columns}
            rows={rows.filter(({ name, id, status }) => status !== 'removed' && matches([name, id]))}
            rowKey={({ id }) => id}
            empty={
              <EmptyState title="You have no passkey yet.">
                Add one, and the next time you sign in without waiting for a code.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}

function Add(): React.JSX.Element | null {
  const { passkey_trouble: trouble } = useSession()
  const [name, setName] = useState('')
  if (trouble !== null) return null
  return (
    <FormDialog
      action="Add a passkey"
      title="Add a passkey"
      submit="Continue"
      kind="primary"
      onOpen={() => setName('')}
      onSubmit={() => makePasskey(name)}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        required
        hint="What you will know it by, such as the name of this computer. Your browser then asks where to keep it."
      />
    </FormDialog>
  )
}

function Rename({ of: { id, name: before, revision } }: { readonly of: Passkey }): React.JSX.Element {
  const [name, setName] = useState(before)
  return (
    <FormDialog
      action="Rename"
      title={`Give the passkey "${before}" another name`}
      submit="Save"
      onOpen={() => setName(before)}
      onSubmit={() =>
        answerOf(
          api.PATCH('/api/v1/passkeys/{id}', { params: { path: { id }, header: ifSeen(revision) }, body: { name } }),
        )
      }
    >
      <TextField label="Name" value={name} onChange={setName} required />
    </FormDialog>
  )
}

const Remove = ({ of: { id, name, revision } }: { readonly of: Passkey }): React.JSX.Element => (
  <ConfirmChange
    action="Remove"
    title={`Remove the passkey "${name}"?`}
    done={`The passkey "${name}" is removed.`}
    run={() => answerOf(api.DELETE('/api/v1/passkeys/{id}', { params: { path: { id }, header: ifSeen(revision) } }))}
  >
    Nobody signs in by it any more. Your device may go on showing it: remove it there, too.
  </ConfirmChange>
)
