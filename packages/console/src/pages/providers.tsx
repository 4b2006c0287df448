import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api/client.ts'
import type { Provider, Target } from '../api/lists.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { duration } from '../format/quantity.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { ConfirmChange } from '../parts/confirm-change.tsx'
import { Count } from '../parts/count.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Moment } from '../parts/moment.tsx'
import { LongText } from '../parts/long-text.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Panel } from '../parts/panel.tsx'
import { useMay } from '../session.ts'
import { stateTones, stateWords } from './models/target-states.ts'

const keyTones: Readonly<Record<Provider['keys'][number]['state'], Tone>> = {
  unknown: 'usual',
  works: 'good',
  refused: 'bad',
}

const providerColumns: Column<Provider>[] = [
  {
    id: 'name',
    header: 'Provider',
    value: ({ name }) => name,
    cell: ({ name }) => <span className="font-medium">{name}</span>,
  },
  { id: 'type', header: 'Type', value: ({ type }) => type },
  {
    id: 'state',
    header: 'In use',
    value: ({ ready, isolated }) => (isolated ? 'taken out' : ready ? 'yes' : 'no key'),
    cell: ({ ready, isolated }) =>
      isolated ? (
        <Badge tone="warn">taken out</Badge>
      ) : ready ? (
        <Badge tone="good">in use</Badge>
      ) : (
        <Badge>no key</Badge>
      ),
  },
  {
    id: 'keys',
    header: 'Keys',
    sortable: false,
    value: ({ keys }) => keys.map(({ position, state }) => `${position}: ${state}`).join(', '),
    cell: ({ keys }) => (
      <div className="flex flex-col gap-1">
        {keys.map(({ position, state, used_at }) => (
          <span key={position} className="whitespace-nowrap">
            No. {position} <Badge tone={keyTones[state]}>{state}</Badge>{' '}
            <span className="text-xs text-quiet">
              used <Moment at={used_at} relative />
            </span>
          </span>
        ))}
      </div>
    ),
  },
]

const targetColumns: Column<Target>[] = [
  {
    id: 'model',
    header: 'Model',
    value: ({ model }) => model,
    cell: ({ model }) => <LongText>{model}</LongText>,
  },
  { id: 'provider', header: 'Provider', value: ({ provider }) => provider },
  { id: 'upstream_model', header: 'Called there', value: (target) => target.upstream_model },
  {
    id: 'state',
    header: 'State',
    value: ({ state }) => state,
    cell: ({ state }) => <Badge tone={stateTones[state]}>{stateWords[state]}</Badge>,
  },
  {
    id: 'in_flight',
    header: 'Under way',
    numeric: true,
    value: (target) => target.in_flight,
    cell: (target) => <Count of={target.in_flight} />,
  },
  {
    id: 'latency_ms',
    header: 'First output (ms)',
    numeric: true,
    value: (target) => target.latency_ms,
    cell: ({ latency_ms }) =>
      latency_ms === null ? <span className="text-quiet">unknown</span> : duration(latency_ms),
  },
  {
    id: 'tokens_per_second',
    header: 'Tokens a second',
    numeric: true,
    value: (target) => target.tokens_per_second,
    cell: (target) => <Count of={target.tokens_per_second} />,
  },
]

const columnsFor = (mayWrite: boolean): Column<Provider>[] => [
  ...providerColumns,
  ...(mayWrite
    ? [
        {
          id: 'actions',
          header: 'Actions',
          sortable: false,
          value: () => null,
          cell: (one: Provider) => <Isolate of={one} />,
        },
      ]
    : []),
]

/** Who answers: which keys work, and how each target fares. The operator's alone. */
export function Providers(): React.JSX.Element {
  const providers = useQuery({
    queryKey: ['providers'],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/providers', { params: { query: { include: 'targets' } } }))).data,
  })
  useLive({
    path: pathOf('/api/v1/providers', { include: 'targets' }),
    queryKey: ['providers'],
    on: providers.isSuccess,
    isList: true,
  })
  const mayWrite = useMay('gateway.write')
  const columns = columnsFor(mayWrite)
  return (
    <>
      <PageHeader
        title="Providers"
        about="Who answers, and which keys they take. The keys themselves are never shown."
      />
      <div className="flex flex-col gap-6">
        <Panel title="Providers">
          <Answered query={providers}>
            {(rows) => (
              <DataTable
                name="Providers"
                columns={columns}
                rows={rows}
                rowKey={({ name }) => name}
                empty={
                  <EmptyState title="No provider is configured.">
                    Set a key such as NVIDIA_API_KEY, and start the gateway again.
                  </EmptyState>
                }
              />
            )}
          </Answered>
        </Panel>
        <Panel title="Targets">
          <Answered query={providers}>
            {(all) => (
              <DataTable
                name="Targets"
                columns={targetColumns}
                rows={all.flatMap(({ targets = [] }) => targets)}
                sortName="sort-targets"
                rowKey={({ model, provider }) => `${model} ${provider}`}
                empty={<EmptyState title="No target is configured by name." />}
              />
            )}
          </Answered>
        </Panel>
      </div>
    </>
  )
}

function Isolate({ of: { name, isolated } }: { readonly of: Provider }): React.JSX.Element {
  const params = { path: { name } }
  return isolated ? (
    <ConfirmChange
      action="Restore"
      title={`Let ${name} in again?`}
      done={`${name} is in use again.`}
      run={() => answerOf(api.POST('/api/v1/providers/{name}/restore', { params }))}
    >
      Requests go to it again within a second.
    </ConfirmChange>
  ) : (
    <ConfirmChange
      action="Take out"
      title={`Take ${name} out?`}
      done={`${name} is taken out.`}
      run={() => answerOf(api.POST('/api/v1/providers/{name}/isolate', { params }))}
    >
      Nothing more is sent to it until it is let in again. Models that nobody else serves are refused meanwhile.
    </ConfirmChange>
  )
}
