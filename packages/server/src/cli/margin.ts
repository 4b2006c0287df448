import { marginGroups, totalMargin } from '../operations/total-margin.ts'
import { asSaid, operator, readDate, text, UsageError, type Command } from './command.ts'
import { csvLine } from '../tables/csv-line.ts'
import { printTable } from './table.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

/** `speka margin`: what requests were charged for, and what they cost the operator. */
export const margin: Command = {
  name: 'margin',
  usage: `[--by ${marginGroups.join('|')}] [--month YYYY-MM | --since ISO --until ISO] [--uncosted] [--json|--csv] [--data DIR]`,
  summary: 'Add up what was charged, what it cost you, and what is between them.',
  options: {
    ...dataOption,
    by: { type: 'string' },
    month: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    uncosted: { type: 'boolean' },
    json: { type: 'boolean' },
    csv: { type: 'boolean' },
  },
  async run(invocation) {
    const { options, terminal } = invocation
    if (options['json'] === true && options['csv'] === true) throw new UsageError('Choose one of --json and --csv.')
    const by = text(options, 'by') ?? 'model'
    const input = {
      by,
      month: text(options, 'month'),
      since: readDate('since', text(options, 'since')),
      until: readDate('until', text(options, 'until')),
      uncosted: options['uncosted'] === true,
    }
    const found = await asSaid({ by: 'by', month: 'month' }, () =>
      withStoreToRead(invocation, (parts) => totalMargin(parts, operator, input)),
    )
    const headings = [by, ...SUMS, ...(input.uncosted ? ['uncosted' as const] : [])]
    const cells = found.map((row) => [
      row.group ?? '–',
      ...SUMS.map((name) => String(row[name] ?? '–')),
      ...(input.uncosted ? [String(row.uncosted)] : []),
    ])
    if (options['json'] === true) terminal.out(JSON.stringify(found))
    else if (options['csv'] === true) for (const line of [headings, ...cells]) terminal.out(csvLine(line))
    else if (found.length === 0) terminal.out('Nothing has been used yet.')
    else
      printTable(
        terminal,
        headings.map((heading) => heading.replaceAll('_', ' ')),
        cells,
      )
    return 0
  },
}

const SUMS = ['requests', 'charge_usd', 'cost_usd', 'margin_usd', 'margin_percent', 'unpriced'] as const
