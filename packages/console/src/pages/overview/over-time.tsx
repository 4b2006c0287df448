import { useMemo } from 'react'
import { fillSteps } from '../../format/fill-steps.ts'
import { duration, shortCount } from '../../format/quantity.ts'
import { shortUsd } from '../../format/usd.ts'
import { Chart, type Series } from '../../parts/chart.tsx'
import { Panel } from '../../parts/panel.tsx'
import type { OverviewData } from './overview-data.ts'

type Point = OverviewData['series'][number]

interface Drawn {
  readonly title: string
  readonly format: (value: number) => string
  readonly kind: 'lines' | 'bars'
  readonly series: Readonly<Record<string, (point: Point | undefined) => number | null>>
}

const usd = (value: number): string => shortUsd(String(value))

/** What is drawn over time. Where there was no request, nothing was spent, and no time was taken. */
const drawn: readonly Drawn[] = [
  { title: 'Spent', format: usd, kind: 'bars', series: { USD: (point) => Number(point?.cost_usd ?? 0) } },
  {
    title: 'Requests',
    format: shortCount,
    kind: 'lines',
    series: { Requests: (point) => point?.requests ?? 0, Errors: (point) => point?.failed ?? 0 },
  },
  {
    title: 'Tokens',
    format: shortCount,
    kind: 'lines',
    series: { Input: (point) => point?.input_tokens ?? 0, Output: (point) => point?.output_tokens ?? 0 },
  },
  {
    title: 'Time to answer',
    format: duration,
    kind: 'lines',
    series: {
      Median: (point) => point?.duration_ms?.p50 ?? null,
      '95%': (point) => point?.duration_ms?.p95 ?? null,
      'First output': (point) => point?.first_output_ms?.p50 ?? null,
    },
  },
]

/** The same over time, an hour or a day a point. */
export function OverTime({ overview }: { readonly overview: OverviewData }): React.JSX.Element {
  const { times, points } = useMemo(() => fillSteps(overview, overview.series), [overview])
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {drawn.map((each) => (
        <Panel key={each.title} title={each.title} aside={<PerStep step={overview.step} />}>
          <Lines {...each} times={times} points={points} />
        </Panel>
      ))}
    </div>
  )
}

const PerStep = ({ step }: { readonly step: 'hour' | 'day' }): React.JSX.Element => (
  <span className="text-xs text-quiet">per {step}</span>
)

interface LinesProps extends Drawn {
  readonly times: readonly number[]
  readonly points: readonly (Point | undefined)[]
}

function Lines({ title, format, kind, series, times, points }: LinesProps): React.JSX.Element {
  const lines = useMemo(
    () => Object.entries(series).map(([name, valueOf]): Series => ({ name, values: points.map(valueOf) })),
    [series, points],
  )
  return <Chart title={title} times={times} series={lines} format={format} kind={kind} />
}
