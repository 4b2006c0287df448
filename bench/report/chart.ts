import type { ContestantName, Entrant } from '../contestants/contestant.ts'
import { formatNumber } from './format.ts'
import type { Spread } from '../measure/statistics.ts'
import type { Results } from '../results.ts'
import type { FigureSpec, Scenario } from '../scenario.ts'
import type { Target } from '../targets.ts'

const colours: Record<ContestantName, string> = {
  yardstick: '#6b7280',
  speka: '#0f9d8a',
  'speka-before': '#0f9d8a',
  'speka-limited': '#0f9d8a',
  'speka-crowded': '#0f9d8a',
  'speka-postgres': '#0f9d8a',
  'speka-replica': '#0f9d8a',
  'speka-relaxed': '#8fd3c8',
  portkey: '#d97757',
}

const WIDTH = 860
const LABELS = 270
const VALUES = 70
const BAR = 12
const GAP = 14
const PLOT = WIDTH - LABELS - VALUES

/** A part of the chart: figures of one metric, on one scale. */
interface Panel {
  readonly title: string
  readonly metric: FigureSpec['metric']
  /** Where on the width a ratio stands, 0 to 1. */
  readonly scale: (ratio: number) => number
  readonly ticks: readonly number[]
}

const logarithm = (least: number, most: number) => (ratio: number) =>
  Math.log(Math.min(Math.max(ratio, least), most) / least) / Math.log(most / least)

const panels: readonly Panel[] = [
  {
    title: 'Throughput, share of the raw yardstick’s (longer is better)',
    metric: 'perSecond',
    scale: (ratio) => Math.min(ratio, 1.1) / 1.1,
    ticks: [0, 0.25, 0.5, 0.75, 1],
  },
  {
    title: 'CPU for the same work, times the raw yardstick’s (shorter is better; logarithmic)',
    metric: 'cpuEach',
    scale: logarithm(0.5, 50),
    ticks: [0.5, 1, 2, 5, 10, 20, 50],
  },
]

/** What a chart is drawn from. */
export interface ChartData {
  readonly results: Results
  readonly scenarios: readonly Scenario[]
  readonly entrants: readonly Entrant[]
  readonly targets: readonly Target[]
  readonly caption: string
}

/** Draws the ratios as bars, with their least and greatest as whiskers and the targets as marks. */
export function chart(data: ChartData): string {
  const drawn: string[] = []
  let y = 64
  for (const panel of panels) {
    const part = drawPanel(panel, data, y)
    if (part === undefined) continue
    drawn.push(part.svg)
    y = part.bottom + 34
  }
  const compared = data.entrants.filter(({ name }) => name !== 'yardstick')
  const legend = compared.map(({ name, title }, index) => {
    const x = LABELS + index * 180
    return `<rect x="${x}" y="34" width="12" height="12" fill="${colours[name]}"/>${text(x + 18, 44, title)}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="12">
<style>
  svg { background: #fff } text { fill: #1f2937 } .grid { stroke: #d1d5db } .whisker { stroke: #111827 } .target { stroke: #dc2626 }
  @media (prefers-color-scheme: dark) {
    svg { background: #111827 } text { fill: #e5e7eb } .grid { stroke: #374151 } .whisker { stroke: #f9fafb } .target { stroke: #f87171 }
  }
</style>
${text(16, 22, data.caption)}
${legend.join('\n')}
${text(16, 44, 'red: what Speka must reach')}
${drawn.join('\n')}
</svg>
`
}

interface Row {
  readonly label: string
  readonly bars: readonly { readonly name: ContestantName; readonly spread: Spread }[]
  readonly target: number | undefined
}

function drawPanel(panel: Panel, data: ChartData, top: number): { svg: string; bottom: number } | undefined {
  const rows = rowsOf(panel, data)
  if (rows.length === 0) return undefined
  const shapes: string[] = []
  const x = (ratio: number): number => LABELS + panel.scale(ratio) * PLOT
  let y = top + 40
  for (const { label, bars, target } of rows) {
    const height = bars.length * BAR
    shapes.push(text(LABELS - 10, y + height / 2 + 4, label, 'end'))
    for (const [index, { name, spread }] of bars.entries()) shapes.push(drawBar(name, spread, x, y + index * BAR))
    if (target !== undefined) shapes.push(line('target', x(target), y - 4, x(target), y + height + 4, 2))
    y += height + GAP
  }
  const grid = panel.ticks.map(
    (tick) =>
      line('grid', x(tick), top + 28, x(tick), y - GAP / 2, tick === 1 ? 2 : 1) +
      text(x(tick), top + 22, `${tick}×`, 'middle'),
  )
  return { svg: [text(16, top + 4, panel.title), ...grid, ...shapes].join('\n'), bottom: y }
}

function rowsOf({ metric }: Panel, { results, scenarios, entrants, targets }: ChartData): Row[] {
  const toYardstick = { comparison: 'ratio', against: 'yardstick' } as const
  return scenarios.flatMap((scenario) =>
    scenario.figures
      .filter((figure) => figure.metric === metric && figure.comparison === 'ratio')
      .flatMap((figure) => {
        const bars = entrants.flatMap(({ name }) => {
          const spread = results.compared(scenario.name, name, metric, toYardstick)
          return name === 'yardstick' || spread === undefined ? [] : [{ name, spread }]
        })
        const target = targets.find(
          (one) => one.scenario === scenario.name && one.metric === metric && one.against === 'yardstick',
        )
        if (bars.length === 0) return []
        return [{ label: figure.title, bars, target: target?.atLeast ?? target?.atMost }]
      }),
  )
}

function drawBar(name: ContestantName, { median, min, max }: Spread, x: (ratio: number) => number, y: number): string {
  const middle = y + BAR / 2
  const bar = `<rect x="${LABELS}" y="${y + 1}" width="${round(Math.max(0, x(median) - LABELS))}" height="${BAR - 2}" fill="${colours[name]}"/>`
  const label = text(Math.max(x(median), x(max)) + 6, middle + 4, `${formatNumber(median)}×`)
  return bar + line('whisker', x(min), middle, x(max), middle, 1) + label
}

const line = (kind: string, x1: number, y1: number, x2: number, y2: number, width: number): string =>
  `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke-width="${width}"/>`

const text = (x: number, y: number, words: string, anchor = 'start'): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(words)}</text>`

const round = (value: number): number => Math.round(value * 10) / 10

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
