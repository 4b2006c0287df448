import { useQuery } from '@tanstack/react-query'
import { searchFilter, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import { lists, type Target } from '../api/lists.ts'
import { compareUsd } from '../format/usd.ts'
import { duration } from '../format/quantity.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { Count } from '../parts/count.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { Money } from '../parts/money.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useMay } from '../session.ts'
import { stateTones, stateWords } from './models/target-states.ts'

/** What is shown of a model. */
interface Model {
  readonly id: string
  readonly endpoint: string
  readonly contextWindow: number | null
  readonly input: string | null
  readonly output: string | null
  readonly image: string | null
  readonly priceFrom: string
  readonly providers: readonly string[]
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/** Of an entry as `/v1/models` has it, which is described as any object. */
function modelOf(entry: Readonly<Record<string, unknown>>): Model {
  const { id, endpoint, context_window: contextWindow, pricing, providers } = entry
  const [source, asOf] = [text(field(pricing, 'source')), text(field(pricing, 'as_of'))]
  return {
    id: text(id) ?? '',
    endpoint: text(endpoint) ?? '',
    contextWindow: typeof contextWindow === 'number' ? contextWindow : null,
    input: text(field(pricing, 'input_per_1m')),
    output: text(field(pricing, 'output_per_1m')),
    image: text(field(pricing, 'per_image')),
    priceFrom: source === null ? 'unknown' : asOf === null ? source : `${source}, ${asOf}`,
    providers: Array.isArray(providers) ? providers.map(String) : [],
  }
}

/** Which targets of a model are well, where one may know that. */
type TargetsOf = (model: string) => readonly Target[]

const price = (side: 'input' | 'output' | 'image', header: string): Column<Model> => ({
  id: side,
  header,
  numeric: true,
  value: (model) => model[side],
  cell: (model) => (model[side] === null ? '' : <Money usd={model[side]} />),
  compare: (one, other) => compareUsd(one[side] ?? '-1', other[side] ?? '-1'),
})

const columnsWith = (targetsOf: TargetsOf | undefined): Column<Model>[] => [
  {
    id: 'id',
    header: 'Model',
    value: ({ id }) => id,
    cell: ({ id }) => <span className="font-medium break-all">{id}</span>,
  },
  { id: 'endpoint', header: 'For', value: ({ endpoint }) => endpoint },
  {
    id: 'context_window',
    header: 'Context (tokens)',
    numeric: true,
    value: (model) => model.contextWindow,
    cell: (model) => <Count of={model.contextWindow} />,
  },
  price('input', 'Input (USD per 1M)'),
  price('output', 'Output (USD per 1M)'),
  price('image', 'Image (USD)'),
  {
    id: 'price_from',
    header: 'Price from',
    value: ({ priceFrom }) => priceFrom,
    cell: ({ priceFrom }) => <span className="whitespace-nowrap">{priceFrom}</span>,
  },
  {
    id: 'providers',
    header: 'Answered by',
    value: ({ providers }) => providers.join(', '),
    cell: ({ providers }) => (providers.length === 0 ? <Badge tone="warn">nobody now</Badge> : providers.join(', ')),
  },
  ...(targetsOf === undefined
    ? []
    : [
        {
          id: 'health',
          header: 'Targets',
          value: ({ id }: Model) =>
            targetsOf(id)
              .map(({ provider, state }) => `${provider} ${state}`)
              .join(', '),
          cell: ({ id }: Model) => (
            <div className="flex flex-col gap-1">
              {targetsOf(id).map(({ provider, state, latency_ms }) => (
                <span key={provider} className="whitespace-nowrap">
                  {provider} <Badge tone={stateTones[state]}>{stateWords[state]}</Badge>{' '}
                  {latency_ms === null ? null : <span className="text-xs text-quiet">{duration(latency_ms)}</span>}
                </span>
              ))}
            </div>
          ),
        },
      ]),
]

/** The models that can be asked for, what they cost, and who answers. */
export function Models(): React.JSX.Element {
  const models = useQuery({
    queryKey: ['models'],
    queryFn: async () => (await answerOf(api.GET('/api/v1/models'))).data.map(modelOf),
  })
  const maySeeTargets = useMay('gateway.read')
  const targets = useQuery({ ...lists.targets(), enabled: maySeeTargets, refetchInterval: 5000 })
  const matches = useSearchFor()
  const targetsOf: TargetsOf = (id) => (targets.data ?? []).filter(({ model }) => model === id)
  return (
    <>
      <PageHeader
        title="Models"
        about="What can be asked for, at which price, and who answers. Prices are those that requests are charged by."
      />
      <div className="mb-4">
        <Filters filters={[searchFilter]} />
      </div>
      <Answered query={models}>
        {(rows) => (
          <DataTable
            name="Models"
            columns={columnsWith(maySeeTargets ? targetsOf : undefined)}
            rows={rows.filter(({ id, endpoint, providers }) => matches([id, endpoint, ...providers]))}
            rowKey={({ id }) => id}
            empty={
              <EmptyState title="No model is like that.">
                Models come from the catalog and from the configuration.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}
