import { totalUsage, type UsageView } from '../operations/total-usage.ts'
import { asSaid, operator, readDate, text, UsageError, type Command } from './command.ts'
import { csvLine, printTable } from './table.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

/** `speka usage`: what was used and what it cost, added up. */
export const usage: Command = {
  name: 'usage',
  usage: '[--by key|model|day] [--since ISO] [--json|--csv] [--data DIR]',
  summary: 'Add up what was used, by key, model or day.',
  options: {
    ...dataOption,
    by: { type: 'string' },
    since: { type: 'string' },
    json: { type: 'boolean' },
    csv: { type: 'boolean' },
  },
  async run(invocation) {
    const { options, terminal } = invocation
    const by = text(options, 'by') ?? 'model'
    const since = readDate('since', text(options, 'since'))
    if (options['json'] === true && options['csv'] === true) throw new UsageError('Choose one of --json and --csv.')
    const totals = await asSaid({ by: 'by' }, () =>
      withStoreToRead(invocation, (parts) => totalUsage(parts, operator, { by, since })),
    )
    const headings = [
      by,
      'requests',
      'failed',
      'input_tokens',
      'cached_input_tokens',
      'output_tokens',
      'cost_usd',
      'unpriced',
    ]
    if (options['json'] === true)
      terminal.out(
        JSON.stringify(
          totals.map((row) => Object.fromEntries(cellsOf(row).map((cell, index) => [headings[index], cell]))),
        ),
      )
    else if (options['csv'] === true)
      for (const line of [headings, ...totals.map(textCells)]) terminal.out(csvLine(line))
    else if (totals.length === 0) terminal.out('Nothing has been used yet.')
    else
      printTable(
        terminal,
        headings.map((heading) => heading.replaceAll('_', ' ')),
        totals.map(textCells),
      )
    return 0
  },
}

const cellsOf = (row: UsageView): (string | number | null)[] => [
  row.group,
  row.requests,
  row.failed,
  row.input_tokens,
  row.cached_input_tokens,
  row.output_tokens,
  row.cost_usd,
  row.unpriced,
]

const textCells = (row: UsageView): string[] => cellsOf(row).map((cell) => (cell === null ? '–' : String(cell)))
