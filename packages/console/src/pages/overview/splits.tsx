import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { percent } from '../../format/quantity.ts'
import { compareUsd } from '../../format/usd.ts'
import { Count } from '../../parts/count.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Money } from '../../parts/money.tsx'
import { Panel } from '../../parts/panel.tsx'
import type { OverviewData } from './overview-data.ts'

type By = keyof OverviewData['splits']
type Group = OverviewData['splits'][By]['top'][number]

/** What it is split by, and the filter of requests by which they are seen one by one, where there is one. */
const splits: readonly { readonly by: By; readonly title: string; readonly filter?: string }[] = [
  { by: 'model', title: 'By model', filter: 'model' },
  { by: 'key', title: 'By key', filter: 'key_id' },
  { by: 'team', title: 'By team' },
  { by: 'provider', title: 'By provider', filter: 'provider' },
]

/** Who or what it was spent by: those that cost most. */
export const Splits = ({ overview }: { readonly overview: OverviewData }): React.JSX.Element => (
  <div className="grid gap-4 xl:grid-cols-2">
    {splits.map(({ by, title, filter }) => (
      <Panel key={by} title={title}>
        <Split by={by} title={title} filter={filter} split={overview.splits[by]} />
      </Panel>
    ))}
  </div>
)

interface SplitProps {
  readonly by: By
  readonly title: string
  readonly filter: string | undefined
  readonly split: OverviewData['splits'][By]
}

function Split({ by, title, filter, split: { top, rest } }: SplitProps): React.JSX.Element {
  const columns = useMemo((): readonly Column<Group>[] => [nameColumn(by, filter), ...sums], [by, filter])
  return (
    <>
      <DataTable
        name={title}
        columns={columns}
        rows={top}
        rowKey={({ group }) => group ?? ''}
        sortName={`by_${by}`}
        empty={<p className="text-quiet">Nothing in this time.</p>}
      />
      {rest === null ? null : (
        <p className="mt-1 text-xs text-quiet">
          And {rest.groups} more, with <Count of={rest.requests} /> requests for <Money usd={rest.cost_usd} />.
        </p>
      )}
    </>
  )
}

const nameColumn = (by: By, filter: string | undefined): Column<Group> => ({
  id: by,
  header: by[0]?.toUpperCase() + by.slice(1),
  value: ({ group, name }) => name ?? group,
  cell({ group, name }) {
    if (group === null) return <span className="text-quiet">none</span>
    const text = name ?? group
    return filter === undefined ? (
      text
    ) : (
      <Link
        to="/requests"
        search={{ [filter]: group } as never}
        className="whitespace-nowrap text-accent hover:underline"
        title={group}
      >
        {text}
      </Link>
    )
  },
})

const sums: readonly Column<Group>[] = [
  {
    id: 'requests',
    header: 'Requests',
    numeric: true,
    value: ({ requests }) => requests,
    cell: ({ requests }) => <Count of={requests} />,
  },
  {
    id: 'errors',
    header: 'Errors',
    numeric: true,
    value: ({ failed }) => failed,
    cell: ({ failed, requests }) => (
      <span className={failed === 0 ? 'text-quiet' : 'text-bad'} title={String(failed)}>
        {percent(requests === 0 ? 0 : failed / requests)}
      </span>
    ),
  },
  {
    id: 'tokens',
    header: 'Tokens',
    numeric: true,
    value: ({ input_tokens: input, output_tokens: output }) => input + output,
    cell: ({ input_tokens: input, output_tokens: output }) => <Count of={input + output} />,
  },
  {
    id: 'cost_usd',
    header: 'Cost (USD)',
    numeric: true,
    value: ({ cost_usd: usd }) => usd,
    cell: ({ cost_usd: usd }) => <Money usd={usd} />,
    compare: (one, other) => compareUsd(one.cost_usd, other.cost_usd),
  },
]
