import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { ifSeen, type Limit, type Team } from '../api/lists.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { Answered } from '../parts/answered.tsx'
import { Count } from '../parts/count.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { FullLimit } from '../parts/full-limit.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useMay } from '../session.ts'
import { SetLimit } from './limits/limit-dialog.tsx'
import type { Subject } from './limits/limit-form.ts'
import { environmentsOf, limitsOn, type Environment } from './teams/labels-of-keys.ts'

/** A team or an environment, as a table shows what limits it. */
interface Labelled {
  readonly account: string
}

interface Shown {
  readonly limits: readonly Limit[]
  readonly mayLimit: boolean
  readonly mayRename: boolean
  readonly showsAccount: boolean
  /** Whether it is known which keys there are. */
  readonly showsKeys: boolean
}

/** What limits it, the same of teams and of environments. */
const limitsColumn = <Row extends Labelled>({ limits }: Shown, subjectOf: (row: Row) => Subject): Column<Row>[] => [
  {
    id: 'limits',
    header: 'Limits',
    sortable: false,
    value: (row) =>
      limitsOn(limits, row.account, subjectOf(row))
        .map(({ limit, kind, window }) => `${limit} ${kind} a ${window}`)
        .join('; '),
    cell: (row) => <LimitsOn limits={limitsOn(limits, row.account, subjectOf(row))} />,
  },
]

const actionsColumn = <Row extends Labelled>(isShown: boolean, buttons: (row: Row) => ReactNode): Column<Row>[] =>
  !isShown
    ? []
    : [
        {
          id: 'actions',
          header: 'Actions',
          sortable: false,
          value: () => null,
          cell: (row) => <div className="flex gap-2">{buttons(row)}</div>,
        },
      ]

const LimitsOn = ({ limits }: { readonly limits: readonly Limit[] }): React.JSX.Element =>
  limits.length === 0 ? (
    <span className="text-quiet">none of its own</span>
  ) : (
    <div className="flex flex-col gap-2">
      {limits.map((limit) => (
        <div key={limit.id}>
          <FullLimit limit={limit} />
          {limit.subject.id === null ? (
            <span className="text-xs text-quiet">as each {limit.subject.kind} has</span>
          ) : null}
        </div>
      ))}
    </div>
  )

const accountColumn = <Row extends Labelled>({ showsAccount }: Shown): Column<Row>[] =>
  showsAccount ? [{ id: 'account', header: 'Account', value: ({ account }) => account }] : []

const keysColumn = <Row,>({ showsKeys }: Shown, keysOf: (row: Row) => number): Column<Row>[] =>
  showsKeys
    ? [{ id: 'keys', header: 'Keys', numeric: true, value: keysOf, cell: (row) => <Count of={keysOf(row)} /> }]
    : []

const teamColumns = (shown: Shown, keysOf: (team: Team) => number): Column<Team>[] => [
  {
    id: 'name',
    header: 'Team',
    value: ({ name }) => name,
    cell: ({ name, id }) => (
      <div className="min-w-40">
        <span className="font-medium break-words">{name}</span>
        <div className="font-mono text-xs text-quiet">{id}</div>
      </div>
    ),
  },
  ...accountColumn<Team>(shown),
  ...keysColumn(shown, keysOf),
  ...limitsColumn<Team>(shown, ({ id }) => ({ kind: 'team', id })),
  {
    id: 'created_at',
    header: 'Created',
    value: (team) => team.created_at,
    cell: (team) => <Moment at={team.created_at} />,
  },
  ...actionsColumn<Team>(shown.mayRename || shown.mayLimit, (team) => (
    <>
      {shown.mayRename ? <RenameTeam of={team} /> : null}
      {shown.mayLimit ? <SetLimit account={team.account} subject={{ kind: 'team', id: team.id }} /> : null}
    </>
  )),
]

const environmentColumns = (shown: Shown): Column<Environment>[] => [
  {
    id: 'name',
    header: 'Environment',
    value: ({ name }) => name,
    cell: ({ name }) => <span className="font-medium break-words">{name}</span>,
  },
  ...accountColumn<Environment>(shown),
  ...keysColumn(shown, ({ keys }: Environment) => keys),
  ...limitsColumn<Environment>(shown, ({ name }) => ({ kind: 'environment', id: name })),
  ...actionsColumn<Environment>(shown.mayLimit, ({ account, name }) => (
    <SetLimit account={account} subject={{ kind: 'environment', id: name }} />
  )),
]

/** What keys are told apart by: teams, and environments. */
export function Teams(): React.JSX.Element {
  const { account, filters } = useAccount()
  const labels = useQuery({
    queryKey: ['labels', account],
    queryFn: () => answerOf(api.GET('/api/v1/labels', { params: { query: { account } } })),
  })
  useLive({ path: pathOf('/api/v1/labels', { account }), queryKey: ['labels', account], on: labels.isSuccess })
  const { keys = null, limits = [] } = labels.data ?? {}
  const mayWrite = useMay('teams.write')
  const matches = useSearchFor()
  const shown = {
    limits,
    mayLimit: useMay('limits.write'),
    mayRename: mayWrite,
    showsAccount: filters.length > 0,
    showsKeys: keys !== null,
  }
  const working = (keys ?? []).filter(({ status }) => status === 'active')
  const keysOf = ({ id }: Team): number => working.filter(({ team }) => team === id).length
  return (
    <>
      <PageHeader
        title="Teams"
        about="Keys of a team, or of an environment, are counted together, and may be limited together."
      >
        {mayWrite ? <CreateTeam account={account} /> : null}
      </PageHeader>
      <div className="mb-4">
        <Filters filters={[searchFilter, ...filters]} />
      </div>
      <Answered query={labels}>
        {({ teams }) => (
          <DataTable
            name="Teams"
            columns={teamColumns(shown, keysOf)}
            rows={teams.filter(({ name, id }) => matches([name, id]))}
            rowKey={({ id }) => id}
            empty={<EmptyState title="There is no team yet.">Create one, and give it keys.</EmptyState>}
          />
        )}
      </Answered>
      <h2 className="mt-8 mb-2 text-base font-semibold">Environments</h2>
      <DataTable
        name="Environments"
        columns={environmentColumns(shown)}
        rows={environmentsOf(working, shown.limits).filter(({ name }) => matches([name]))}
        rowKey={(one) => `${one.account} ${one.name}`}
        empty={
          <EmptyState title="No key has an environment.">
            Give a key one, such as production, on the page Keys: it is there from then on.
          </EmptyState>
        }
      />
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

/** Keys, limits and usage go by the team's id, and stay with it. */
function RenameTeam({ of: team }: { readonly of: Team }): React.JSX.Element {
  // As it was when the form was opened: what somebody else changes meanwhile is refused, and not undone.
  const [seen, setSeen] = useState(team)
  const [name, setName] = useState(team.name)
  return (
    <FormDialog
      action="Rename"
      title={`Rename the team "${team.name}"`}
      submit="Save"
      onOpen={() => {
        setSeen(team)
        setName(team.name)
      }}
      onSubmit={() =>
        answerOf(
          api.PATCH('/api/v1/teams/{id}', {
            params: { path: { id: team.id }, header: ifSeen(seen.revision) },
            body: { name },
          }),
        )
      }
    >
      <TextField label="Name" value={name} onChange={setName} required />
    </FormDialog>
  )
}
