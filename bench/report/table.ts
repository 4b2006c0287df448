import type { ContestantName, Entrant } from '../contestants/contestant.ts'
import type { Verdict } from '../judge.ts'
import type { Results } from '../results.ts'
import type { FigureSpec, Scenario } from '../scenario.ts'
import { formatComparison, formatNumber } from './format.ts'

/** The table of all figures, in Markdown that is aligned well enough to be read as it is. */
export function resultTable(
  results: Results,
  scenarios: readonly Scenario[],
  entrants: readonly Entrant[],
  verdicts: readonly Verdict[],
): string {
  const rows = scenarios.flatMap((scenario) =>
    scenario.figures.map((figure) => [
      figure.title,
      ...entrants.map(({ name }) => cell(results, scenario, figure, name)),
      targetOf(scenario, figure, verdicts),
    ]),
  )
  return markdownTable(['', ...entrants.map(({ title }) => title), 'Target'], rows)
}

function cell(results: Results, scenario: Scenario, figure: FigureSpec, name: ContestantName): string {
  if (!scenario.contestants.includes(name)) return ''
  const own = results.spread(scenario.name, name, figure.metric)
  if (own === undefined) return 'no round'
  const value = formatNumber(own.median)
  if (name === 'yardstick' && figure.comparison !== 'value') return value
  const { comparison } = figure
  const compared = results.compared(scenario.name, name, figure.metric, { comparison, against: 'yardstick' })
  if (compared === undefined) return `${value} · no pair`
  return comparison === 'value'
    ? `${value} ${formatComparison(compared, comparison)}`
    : `${value} · ${formatComparison(compared, comparison)}`
}

function targetOf(scenario: Scenario, figure: FigureSpec, verdicts: readonly Verdict[]): string {
  const found = verdicts.find(
    ({ target }) =>
      target.scenario === scenario.name && target.metric === figure.metric && target.against !== 'portkey',
  )
  if (found === undefined) return ''
  const { atLeast, atMost = 0, aim } = found.target
  const bound = atLeast === undefined ? `≤ ${atMost.toLocaleString('en')}` : `≥ ${atLeast.toLocaleString('en')}`
  return `${bound}${aim === undefined ? '' : `, aim ${aim}`}: ${found.outcome}`
}

/** Markdown as the formatter writes it: columns as wide as their widest cell. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
