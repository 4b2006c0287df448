import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { momentIn } from '../format/moment.ts'
import { DataTable, type Column } from './data-table.tsx'

/** A line of a chart. */
export interface Series {
  readonly name: string
  /** One for each moment; `null`: there is none. */
  readonly values: readonly (number | null)[]
}

interface ChartProps {
  readonly title: string
  /** When, in seconds since the epoch, in order. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  /** A value as it is read: `$1.20`. */
  readonly format: (value: number) => string
  /** Default: lines. */
  readonly kind?: 'lines' | 'bars' | undefined
}

const HEIGHT = 200

/** Told apart by brightness too, for those who do not tell colours apart. The legend names them in words. */
const colours = ['text-accent', 'text-warn', 'text-good', 'text-bad', 'text-quiet'] as const

/** Values over time, with the same as a table for those who do not see it. A hundred thousand points are drawn at once. */
export function Chart({ title, times, series, format, kind = 'lines' }: ChartProps): React.JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  const legend = useRef<HTMLDivElement>(null)
  const [asTable, setAsTable] = useState(false)

  useEffect(() => {
    const { current: element } = place
    if (element === null) return
    let plot: uPlot | undefined
    const draw = (): void => {
      plot?.destroy()
      plot = new uPlot(
        optionsOf(element, { title, times, series, format, kind }, (index) =>
          tell(legend.current, series, format, index, times),
        ),
        [[...times], ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
        element,
      )
    }
    draw()
    const resized = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }))
    resized.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    globalThis.addEventListener('speka-theme', draw)
    return () => {
      resized.disconnect()
      dark.removeEventListener('change', draw)
      globalThis.removeEventListener('speka-theme', draw)
      plot?.destroy()
    }
  }, [title, times, series, format, kind])

  return (
    <figure aria-label={title} className="min-w-0">
      <div ref={legend} aria-hidden className="mb-1 flex min-h-5 flex-wrap gap-x-4 text-xs text-quiet">
        {series.map(({ name }, index) => (
          <span key={name} className="whitespace-nowrap">
            <span className={`mr-1 inline-block size-2 rounded-full bg-current ${colours[index % colours.length]}`} />
            {name} <span data-value className="text-ink tabular-nums" />
          </span>
        ))}
        <span data-time className="ml-auto tabular-nums" />
      </div>
      <div ref={place} aria-hidden className="h-[200px] w-full min-w-0 overflow-hidden" />
      <details className="mt-1" onToggle={(event) => setAsTable(event.currentTarget.open)}>
        <summary className="w-fit cursor-pointer text-xs text-quiet">As a table</summary>
        {asTable ? <ChartTable title={title} times={times} series={series} format={format} /> : null}
      </details>
    </figure>
  )
}

function ChartTable({ title, times, series, format }: ChartProps): React.JSX.Element {
  const columns = useMemo(
    (): Column<{ time: number; index: number }>[] => [
      {
        id: 'time',
        header: 'Time',
        value: ({ time }) => new Date(time * 1000).toISOString(),
        cell: ({ time }) => momentIn(new Date(time * 1000)),
      },
      ...series.map(({ name, values }) => ({
        id: name,
        header: name,
        numeric: true,
        value: ({ index }: { index: number }) => values[index] ?? null,
        cell: ({ index }: { index: number }) => told(values[index], format),
      })),
    ],
    [series, format],
  )
  const rows = useMemo(() => times.map((time, index) => ({ time, index })), [times])
  return (
    <div className="mt-2">
      <DataTable
        name={title}
        columns={columns}
        rows={rows}
        rowKey={({ time }) => String(time)}
        empty={null}
        sortable={false}
      />
    </div>
  )
}

const told = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? 'none' : format(value)

/** Writes what is under the pointer into the legend, past React: it moves often. */
function tell(
  legend: HTMLElement | null,
  series: readonly Series[],
  format: (value: number) => string,
  index: number | null | undefined,
  times: readonly number[],
): void {
  const time = index === null || index === undefined ? undefined : times[index]
  legend?.querySelectorAll('[data-value]').forEach((cell, at) => {
    cell.textContent = time === undefined ? '' : told(series[at]?.values[index ?? 0], format)
  })
  const when = legend?.querySelector('[data-time]')
  if (when) when.textContent = time === undefined ? '' : momentIn(new Date(time * 1000))
}

/** The colour that a class of the style sheet comes to, in light or in dark. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('span')
  probe.className = name
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

const DAY_S = 86_400

const dayLabel = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const timeLabel = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** Days where the marks are days apart, else times, with the day at its beginning. */
function momentLabels(moments: readonly number[]): string[] {
  const [first = 0, second = first + DAY_S] = moments
  return moments.map((seconds) => {
    const moment = new Date(seconds * 1000)
    const isDay = second - first >= DAY_S || (moment.getHours() === 0 && moment.getMinutes() === 0)
    return (isDay ? dayLabel : timeLabel).format(moment)
  })
}

function optionsOf(
  element: HTMLElement,
  { series, format, kind }: ChartProps,
  onPointer: (index: number | null | undefined) => void,
): uPlot.Options {
  const quiet = colourOf(element, 'text-quiet')
  const line = colourOf(element, 'text-line')
  const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: '11px system-ui' }
  const paths = kind === 'bars' ? uPlot.paths.bars?.({ size: [0.7, 40] }) : undefined
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    hooks: { setCursor: [({ cursor }) => onPointer(cursor.idx)] },
    scales: {
      y: { range: (_, lowest, highest) => [Math.min(0, lowest ?? 0), (highest ?? 0) <= 0 ? 1 : highest * 1.08] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_, moments) => momentLabels(moments) },
      { ...axis, size: 64, values: (_, values) => values.map((value) => format(value)) },
    ],
    series: [
      {},
      ...series.map(({ name, values }, index) => {
        const stroke = colourOf(element, colours[index % colours.length] ?? 'text-accent')
        return {
          label: name,
          stroke,
          ...(paths === undefined
            ? { width: 1.5, points: { size: 4, show: values.includes(null) } }
            : { width: 0, points: { show: false }, paths, fill: stroke }),
        }
      }),
    ],
  }
}
