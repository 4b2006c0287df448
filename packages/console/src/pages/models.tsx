import { useQuery } from '@tanstack/react-query'
import { searchFilter, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import type { ListedModel, Target } from '../api/lists.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { compareUsd } from '../format/usd.ts'
import { duration } from '../format/quantity.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { Count } from '../parts/count.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { Money } from '../parts/money.tsx'
import { LongText } from '../parts/long-text.tsx'
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
  readonly targets: readonly Target[]
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/** Of an entry as `/v1/models` has it, which is described as any object. */
function modelOf({ targets = [], ...entry }: ListedModel): Model {
  const { id, endpoint, context_window: contextWindow, pricing, providers }: Readonly<Record<string, unknown>> = entry
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
    targets,
  }
}

const price = (side: 'input' | 'output' | 'image', header: string): Column<Model> => ({
  id: side,
  header,
  numeric: true,
  value: (model) => model[side],
  cell: (model) => (model[side] === null ? '' : <Money usd={model[side]} />),
  compare: (one, other) => compareUsd(one[side] ?? '-1', other[side] ?? '-1'),
})

const columnsWith = (showsTargets: boolean): Column<Model>[] => [
  {
    id: 'id',
    header: 'Model',
    value: ({ id }) => id,
    cell: ({ id }) => <LongText strong>{id}</LongText>,
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
  ...(!showsTargets
    ? []
    : [
        {
          id: 'health',
          header: 'Targets',
          value: ({ targets }: Model) => targets.map(({ provider, state }) => `${provider} ${state}`).join(', '),
          cell: ({ targets }: Model) =>
            targets.length === 0 ? (
              ''
            ) : (
              <div className="flex flex-col gap-1">
                {targets.map(({ provider, state, latency_ms }) => (
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
  const maySeeTargets = useMay('gateway.read')
  const include = maySeeTargets ? 'targets' : undefined
  const models = useQuery({
    queryKey: ['models', include],
    queryFn: async () => (await answerOf(api.GET('/api/v1/models', { params: { query: { include } } }))).data,
  })
  useLive({
    path: pathOf('/api/v1/models', { include }),
    queryKey: ['models', include],
    on: models.isSuccess,
    isList: true,
  })
  const matches = useSearchFor()
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
            columns={columnsWith(maySeeTargets)}
            rows={rows.map(modelOf).filter(({ id, endpoint, providers }) => matches([id, endpoint, ...providers]))}
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
