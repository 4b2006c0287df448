import { unitEntries } from '@speka/core/internal'
import { totalUsage, type UsageView } from '../operations/total-usage.ts'
import { usageGroups } from '../store/store.ts'
import { csvLine } from '../tables/csv-line.ts'
import { asSaid, operator, readDate, text, UsageError, type Command } from './command.ts'
import { printTable } from './table.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

type Cell = string | number | null

/** `speka usage`: what was used and what it cost, added up. */
export const usage: Command = {
  name: 'usage',
  usage: `[--by ${usageGroups.join('|')}[,…]] [--since ISO] [--until ISO] [--markup PERCENT] [--json|--csv] [--data DIR]`,
  summary: 'Add up what was used, by key, model, day and more.',
  options: {
    ...dataOption,
    by: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    markup: { type: 'string' },
    json: { type: 'boolean' },
    csv: { type: 'boolean' },
  },
  async run(invocation) {
    const { options, terminal } = invocation
    const by = text(options, 'by') ?? 'model'
    const since = readDate('since', text(options, 'since'))
    const until = readDate('until', text(options, 'until'))
    if (options['json'] === true && options['csv'] === true) throw new UsageError('Choose one of --json and --csv.')
    const totals = await asSaid({ by: 'by', markup: 'markup' }, () =>
      withStoreToRead(invocation, (parts) =>
        totalUsage(parts, operator, { by, since, until, markup: text(options, 'markup') }),
      ),
    )
    const groups = by.split(',')
    const headings = [...groups, ...USUAL, ...RARE.filter((name) => totals.some((row) => row[name] !== undefined))]
    const cells = totals.map((row) => [
      ...groupsOf(row, groups),
      ...headings.slice(groups.length).map((name) => cellOf(row, name)),
    ])
    if (options['json'] === true)
      terminal.out(
        JSON.stringify(cells.map((row) => Object.fromEntries(row.map((cell, index) => [headings[index], cell])))),
      )
    else if (options['csv'] === true) for (const line of [headings, ...cells.map(asText)]) terminal.out(csvLine(line))
    else if (totals.length === 0) terminal.out('Nothing has been used yet.')
    else
      printTable(
        terminal,
        headings.map((heading) => heading.replaceAll('_', ' ')),
        cells.map(asText),
      )
    return 0
  },
}

const USUAL = ['requests', 'failed', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'cost_usd', 'unpriced']

/** Shown where they occur. */
const RARE = [
  'marked_up_usd',
  ...unitEntries.map(({ total }) => String(total)).filter((total) => !USUAL.includes(total)),
  'upstream_cost_usd',
]

const groupsOf = (row: UsageView, groups: readonly string[]): Cell[] =>
  groups.length === 1 ? [row.group] : groups.map((group) => row.groups?.[group] ?? null)

/** What a row has nothing of is none of it. */
function cellOf(row: UsageView, name: string): Cell {
  const value = row[name]
  if (typeof value === 'number' || typeof value === 'string') return value
  return name.endsWith('_usd') ? '0' : 0
}

const asText = (cells: readonly Cell[]): string[] => cells.map((cell) => (cell === null ? '–' : String(cell)))
