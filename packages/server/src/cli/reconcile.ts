import { createReadStream } from 'node:fs'
import { SpekaError } from '@speka/core'
import { reconcileUsage, type DifferenceView, type ReconciliationView } from '../operations/reconcile-usage.ts'
import { asSaid, operator, readDate, text, UsageError, type Command, type Options, type Terminal } from './command.ts'
import { csvLine } from '../tables/csv-line.ts'
import { printTable } from './table.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

/** `speka reconcile`: holds a provider's export against the ledger. Exits with 1 when something differs. */
export const reconcile: Command = {
  name: 'reconcile',
  usage:
    '--provider NAME --file FILE [--format openai|anthropic|openrouter|csv] [--columns HOLDS=COLUMN,…] [--since ISO] [--until ISO] [--compare cost|tokens] [--tolerance USD] [--json|--csv] [--data DIR]',
  summary: 'Hold a provider’s usage export against the ledger, and tell what differs.',
  options: {
    ...dataOption,
    provider: { type: 'string' },
    file: { type: 'string' },
    format: { type: 'string' },
    columns: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    compare: { type: 'string' },
    tolerance: { type: 'string' },
    json: { type: 'boolean' },
    csv: { type: 'boolean' },
  },
  async run(invocation) {
    const { options, terminal } = invocation
    const [provider, file] = [text(options, 'provider'), text(options, 'file')]
    if (provider === undefined) throw new UsageError('Say which provider made the export: --provider NAME.')
    if (file === undefined) throw new UsageError('Say where the export is: --file FILE.')
    if (options['json'] === true && options['csv'] === true) throw new UsageError('Choose one of --json and --csv.')
    const input = {
      provider,
      format: text(options, 'format'),
      columns: columnsIn(options),
      since: readDate('since', text(options, 'since')),
      until: readDate('until', text(options, 'until')),
      compare: text(options, 'compare'),
      tolerance: text(options, 'tolerance'),
      tell: options['csv'] === true ? csvTeller(terminal) : undefined,
    }
    const named = { provider: 'provider', format: 'format', compare: 'compare', tolerance: 'tolerance' }
    const found = await asSaid(named, () =>
      withStoreToRead(invocation, (parts) => reconcileUsage(parts, operator, { ...input, export: bytesOf(file) })),
    )
    if (options['json'] === true) terminal.out(JSON.stringify(found))
    else if (options['csv'] !== true) show(found, terminal)
    return found.agrees ? 0 : 1
  },
}

/** `id=request_id,cost_usd=amount` */
function columnsIn(options: Options): Record<string, string> | undefined {
  const given = text(options, 'columns')
  if (given === undefined) return undefined
  const pairs = given.split(',').map((pair) => pair.split('='))
  if (pairs.some(({ length }) => length !== 2))
    throw new UsageError('--columns must be such as id=request_id,cost_usd=amount.')
  return Object.fromEntries(pairs as [string, string][])
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 64 * 1024 }) as AsyncIterable<Uint8Array>
  } catch (cause) {
    throw new SpekaError('invalid_request', `${file} cannot be read. ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    })
  }
}

/** Writes each difference on a line of its own as it is found, under the names of its fields. */
function csvTeller({ out }: Terminal): (difference: DifferenceView) => void {
  out(csvLine(CSV_COLUMNS))
  return (difference) => out(csvLine(CSV_COLUMNS.map((name) => String(difference[name] ?? ''))))
}

const CSV_COLUMNS = [
  'what',
  'at',
  'model',
  'id',
  'request_id',
  'line',
  'export_requests',
  'ledger_requests',
  'export_input_tokens',
  'ledger_input_tokens',
  'export_output_tokens',
  'ledger_output_tokens',
  'export_usd',
  'ledger_usd',
  'difference_usd',
  'note',
] as const satisfies readonly (keyof DifferenceView)[]

/** What is counted, in the order of the table. */
const COUNTED = [
  ['matched', 'matched'],
  ['different', 'different'],
  ['missing_in_ledger', 'missing in the ledger'],
  ['missing_in_export', 'missing in the export'],
  ['double', 'double'],
] as const

function show(found: ReconciliationView, terminal: Terminal): void {
  const { provider, by, since, until, lines, outside, uncosted, failed_attempts: failed, without_id: withoutId } = found
  const what = by === 'request' ? 'requests by their ids' : `sums by ${by} and model`
  terminal.out(
    `${provider}: ${found.export}, ${lines} lines, from ${since ?? 'the first'} to ${until ?? 'the last'}; ${what}\n`,
  )
  printTable(
    terminal,
    ['', 'count', 'export usd', 'ledger usd'],
    COUNTED.map(([field, title]) => [
      title,
      String(found[field].count),
      found[field].export_usd,
      found[field].ledger_usd,
    ]),
  )
  const notes = [
    [outside, 'Lines of another time, passed over'],
    [
      uncosted.count,
      'With a cost on one side alone (the ledger has one where the target has "cost"), so only tokens were compared',
    ],
    [failed, 'Attempts that failed, for which the provider may charge and has told no id'],
    [
      withoutId.count,
      `Answers without an id of the provider’s, ${withoutId.ledger_usd} USD, which no line can be matched with`,
    ],
  ] as const
  const told = notes.filter(([count]) => count > 0)
  if (told.length > 0) terminal.out('')
  for (const [count, says] of told) terminal.out(`${says}: ${count}.`)
  if (found.largest.length > 0) showLargest(found.largest, terminal)
}

function showLargest(largest: readonly DifferenceView[], terminal: Terminal): void {
  terminal.out('\nThe largest differences (--csv has all):')
  printTable(
    terminal,
    ['what', 'at', 'model', 'id', 'line', 'export tokens', 'ledger tokens', 'export usd', 'ledger usd', 'note'],
    largest.map((one) => [
      one.what.replaceAll('_', ' '),
      one.at ?? '–',
      one.model ?? '–',
      one.id ?? '–',
      String(one.line ?? '–'),
      tokens(one.export_input_tokens, one.export_output_tokens),
      tokens(one.ledger_input_tokens, one.ledger_output_tokens),
      one.export_usd ?? '–',
      one.ledger_usd ?? '–',
      one.note ?? '',
    ]),
  )
}

const tokens = (input: number | null, output: number | null): string =>
  input === null && output === null ? '–' : `${input ?? '–'} + ${output ?? '–'}`
