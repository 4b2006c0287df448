import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { lists, type Team } from '../api/lists.ts'
import { Answered } from '../parts/answered.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useMay } from '../session.ts'

const columnsFor = (showsAccount: boolean): Column<Team>[] => [
  {
    id: 'name',
    header: 'Team',
    value: ({ name }) => name,
    cell: ({ name }) => <span className="font-medium break-words">{name}</span>,
  },
  {
    id: 'id',
    header: 'Id',
    value: ({ id }) => id,
    cell: ({ id }) => <span className="font-mono text-xs">{id}</span>,
  },
  ...(!showsAccount ? [] : [{ id: 'account', header: 'Account', value: ({ account }: Team) => account }]),
  {
    id: 'created_at',
    header: 'Created',
    value: (team) => team.created_at,
    cell: (team) => <Moment at={team.created_at} />,
  },
]

/** The teams that keys may belong to. */
export function Teams(): React.JSX.Element {
  const { account, filters } = useAccount()
  const teams = useQuery(lists.teams(account))
  const mayWrite = useMay('teams.write')
  const matches = useSearchFor()
  const columns = columnsFor(filters.length > 0)
  return (
    <>
      <PageHeader title="Teams" about="Keys of a team are counted together, and may be limited together.">
        {mayWrite ? <CreateTeam account={account} /> : null}
      </PageHeader>
      <div className="mb-4">
        <Filters filters={[searchFilter, ...filters]} />
      </div>
      <Answered query={teams}>
        {(rows) => (
          <DataTable
            name="Teams"
            columns={columns}
            rows={rows.filter(({ name, id }) => matches([name, id]))}
            rowKey={({ id }) => id}
            empty={<EmptyState title="There is no team yet.">Create one, and give it keys.</EmptyState>}
          />
        )}
      </Answered>
    </>
  )
}

function CreateTeam({ account }: { readonly account: string | undefined }): React.JSX.Element {
  const [name, setName] = useState('')
  return (
    <FormDialog
      action="Create team"
      title="Create a team"
      kind="primary"
      onOpen={() => setName('')}
      onSubmit={() =>
        answerOf(api.POST('/api/v1/teams', { body: { name, ...(account !== undefined && { account }) } }))
      }
    >
      <TextField label="Name" value={name} onChange={setName} required />
    </FormDialog>
  )
}
