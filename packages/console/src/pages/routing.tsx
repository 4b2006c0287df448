import { useQuery } from '@tanstack/react-query'
import { searchFilter, useAccount, useSearchFor } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import type { paths } from '../api/schema.ts'
import { duration } from '../format/quantity.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Filters } from '../parts/filters.tsx'
import { LongText } from '../parts/long-text.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Panel } from '../parts/panel.tsx'
import { useMay, useSession } from '../session.ts'
import { Facts } from './request/facts.tsx'
import { ExplainRoute } from './routing/explain-route.tsx'
import { strategyWords } from './routing/strategy-words.ts'

type RoutingTable = paths['/api/v1/routing']['get']['responses'][200]['content']['application/json']
type Route = RoutingTable['routes'][number]

const followers = ({ fallbacks, context_window_fallbacks: longer, content_policy_fallbacks: declined }: Route) =>
  [
    ...fallbacks,
    ...longer.map((model) => `${model} for a prompt that is too long`),
    ...declined.map((model) => `${model} for what was declined`),
  ].join(', ')

const targetText = ({ provider, upstream_model: model, weight }: Route['targets'][number]): string =>
  `${provider} (${model})${weight === null ? '' : `, weight ${weight}`}`

const columns: readonly Column<Route>[] = [
  {
    id: 'model',
    header: 'Model',
    value: ({ model }) => model,
    cell: ({ model, aliases }) => (
      <div className="min-w-40">
        <LongText strong>{model}</LongText>
        {aliases.length === 0 ? null : <div className="text-xs text-quiet">also {aliases.join(', ')}</div>}
      </div>
    ),
  },
  { id: 'aliases', header: 'Aliases', value: ({ aliases }) => aliases.join(', '), hidden: true },
  { id: 'endpoints', header: 'For', value: ({ endpoints }) => endpoints.join(', ') },
  {
    id: 'targets',
    header: 'Targets, in order',
    sortable: false,
    value: ({ targets }) => targets.map(targetText).join('; '),
    cell: ({ targets, without_key: off }) => (
      <ol className="flex min-w-56 flex-col gap-1">
        {targets.length === 0 ? (
          <li>
            <Badge tone="warn">nobody now</Badge>
          </li>
        ) : null}
        {targets.map((target, at) => (
          <li key={at} className="break-all">
            {at + 1}. {target.provider} <span className="text-xs text-quiet">{target.upstream_model}</span>
            {target.weight === null ? null : <Badge>weight {target.weight}</Badge>}
          </li>
        ))}
        {off.map((provider) => (
          <li key={provider} className="text-quiet">
            {provider} <Badge tone="warn">has no key</Badge>
          </li>
        ))}
      </ol>
    ),
  },
  {
    id: 'fallbacks',
    header: 'After it',
    sortable: false,
    value: followers,
    cell: (route) => {
      const text = followers(route)
      return text === '' ? <span className="text-quiet">nothing</span> : text
    },
  },
  {
    id: 'hedge_after_ms',
    header: 'Second target after',
    numeric: true,
    value: ({ hedge_after_ms: ms }) => ms,
    cell: ({ hedge_after_ms: ms }) => (ms === null ? <span className="text-quiet">never</span> : duration(ms)),
  },
]

/** Where requests go, and why: the table of routes, and what would become of one request. */
export function Routing(): React.JSX.Element {
  const mayExplain = useMay('playground.use')
  const { account } = useAccount()
  const routing = useQuery({
    queryKey: ['routing', account],
    queryFn: () =>
      answerOf(api.GET('/api/v1/routing', { params: { query: mayExplain ? { include: 'keys', account } : {} } })),
    // What it is like for another account is much the same: it stays meanwhile.
    placeholderData: (before) => before,
  })
  const matches = useSearchFor()
  const isOperator = useSession().actor === 'operator'
  return (
    <>
      <PageHeader
        title="Routing"
        about={
          isOperator
            ? 'Where requests for each model go, as the configuration says. It is changed there.'
            : 'Where requests for the models go that your keys may use.'
        }
      />
      <Answered query={routing}>
        {(table) => (
          <div className="flex flex-col gap-6">
            <div className="grid items-start gap-6 lg:grid-cols-2">
              {mayExplain ? (
                <ExplainRoute models={table.routes.map(({ model }) => model)} keys={table.keys ?? []} />
              ) : null}
              <Panel title="What holds for all">
                <Facts
                  facts={{
                    Order: strategyWords[table.strategy],
                    'Attempts for one request': table.max_attempts,
                    'A fallback may cost at most':
                      table.max_price_ratio === null ? 'whatever it costs' : `${table.max_price_ratio} times the model`,
                    'A session stays at its target for': duration(table.sticky_ttl_s * 1000),
                  }}
                />
                {table.rules === null ? null : <Rules rules={table.rules} />}
              </Panel>
            </div>
            <section aria-label="Routes">
              <div className="mb-4">
                <Filters filters={[searchFilter]} />
              </div>
              <DataTable
                name="Routes"
                columns={columns}
                rows={table.routes.filter(({ model, aliases, targets }) =>
                  matches([model, ...aliases, ...targets.map(({ provider }) => provider)]),
                )}
                rowKey={({ model }) => model}
                empty={
                  <EmptyState
                    title={table.routes.length === 0 ? 'No key of yours may use a model.' : 'No route is like that.'}
                  >
                    {table.routes.length === 0
                      ? 'Make a key, and the routes it may use are here.'
                      : 'Clear the filter to see all.'}
                  </EmptyState>
                }
              />
            </section>
          </div>
        )}
      </Answered>
    </>
  )
}

const Rules = ({ rules }: { readonly rules: NonNullable<RoutingTable['rules']> }): React.JSX.Element => (
  <div className="mt-4">
    <h3 className="text-quiet">Rules: the first that fits decides</h3>
    {rules.length === 0 ? (
      <p>There are none.</p>
    ) : (
      <ol className="mt-1 flex flex-col gap-1">
        {rules.map(({ when, use }, at) => (
          <li key={at} className="font-mono text-xs break-words">
            {at + 1}. when {JSON.stringify(when)} use {JSON.stringify(use)}
          </li>
        ))}
      </ol>
    )}
  </div>
)
