import { exportRecords, recordColumns } from '../operations/export-records.ts'
import { rebuildSums } from '../operations/rebuild-sums.ts'
import { verifyLedger } from '../operations/verify-ledger.ts'
import { csvLine } from '../tables/csv-line.ts'
import { operator, readDate, text, UsageError, type Command, type Terminal } from './command.ts'
import { json } from './on-one.ts'
import { openParquet, type RecordSink } from './write-parquet.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

/** `speka ledger verify`: looks at every row, and holds every sum to them. Exits with 1 when something is wrong. */
const verify: Command = {
  name: 'ledger verify',
  usage: '[--json] [--data DIR]',
  summary: 'Look at every row, add all up anew, and tell which rows, sums and invoices are not as they should be.',
  options: { ...dataOption, ...json },
  async run(invocation) {
    const { options, terminal } = invocation
    const verdict = await withStoreToRead(invocation, (parts) => verifyLedger(parts, operator, {}))
    if (options['json'] === true) terminal.out(JSON.stringify(verdict))
    else if (verdict.intact) tellThatAllIsWell(verdict, terminal)
    else tellWhatIsWrong(verdict, terminal)
    return verdict.intact ? 0 : 1
  },
}

function tellThatAllIsWell({ rows, invoices }: Awaited<ReturnType<typeof verifyLedger>>, { out }: Terminal): void {
  out(`${rows} rows as they were written, and every sum equals its records.`)
  if (invoices > 0) out(`${invoices} invoices as they were issued, and each equals its records.`)
}

function tellWhatIsWrong(
  { problems, differences, invoice_problems: invoices }: Awaited<ReturnType<typeof verifyLedger>>,
  { error }: Terminal,
): void {
  for (const { message } of problems) error(message)
  if (problems.length > 0)
    error('Speka never changes or removes a row: compare with a backup, and find out who has written to the file.')
  for (const { table, of, value, kept, rows } of differences ?? [])
    error(`${table}, ${of}: ${value} is ${kept}, the records say ${rows}.`)
  if (differences === null) error('Sums were not looked at: they cannot be made of rows that cannot be read.')
  else if (differences.length > 0)
    error('Reports read these sums. "speka ledger rebuild" makes them anew of the records.')
  for (const { message } of invoices) error(`${message}.`)
}

/** `speka ledger rebuild`: makes the sums anew. A server may go on meanwhile. */
const rebuild: Command = {
  name: 'ledger rebuild',
  usage: '[--json] [--data DIR]',
  summary: 'Throw away what is added up, and make it anew of the records.',
  options: { ...dataOption, ...json },
  async run(invocation) {
    const { options, terminal } = invocation
    const rebuilt = await withStoreToRead(invocation, (parts) => rebuildSums(parts, operator, {}))
    if (options['json'] === true) terminal.out(JSON.stringify(rebuilt))
    else terminal.out(`Added up ${rebuilt.records} records anew.`)
    return 0
  },
}

/** How records are written, by format. */
const formats: Readonly<Record<string, (terminal: Terminal) => RecordSink | Promise<RecordSink>>> = {
  csv: ({ out }) => {
    out(csvLine(recordColumns().map(({ name }) => name)))
    return {
      take: (line) => out(csvLine(Object.values(line).map((value) => (value === null ? '' : String(value))))),
      end() {},
    }
  },
  jsonl: ({ out }) => ({ take: (line) => out(JSON.stringify(line)), end() {} }),
  parquet: (terminal) => openParquet(terminal),
}

/** `speka ledger export`: every record, oldest first, as it is read. */
const exportAll: Command = {
  name: 'ledger export',
  usage: '[--format csv|jsonl|parquet] [--since ISO] [--until ISO] [--json] [--data DIR]',
  summary: 'Write out all records, oldest first: one a line, or as Parquet.',
  options: { ...dataOption, ...json, format: { type: 'string' }, since: { type: 'string' }, until: { type: 'string' } },
  async run(invocation) {
    const { options, terminal } = invocation
    const name = text(options, 'format') ?? (options['json'] === true ? 'jsonl' : 'csv')
    if (options['json'] === true && name !== 'jsonl')
      throw new UsageError(`--json is --format jsonl, and cannot stand beside --format ${name}.`)
    const open = formats[name]
    if (open === undefined) throw new UsageError(`--format must be csv, jsonl or parquet, not "${name}".`)
    const span = { since: readDate('since', text(options, 'since')), until: readDate('until', text(options, 'until')) }
    await withStoreToRead(invocation, async (parts) => {
      const sink = await open(terminal)
      let after: string | undefined
      do {
        const { lines, next } = await exportRecords(parts, operator, { ...span, after })
        for (const line of lines) sink.take(line)
        after = next
      } while (after !== undefined)
      sink.end()
    })
    return 0
  },
}

export const ledgerCommands: readonly Command[] = [verify, rebuild, exportAll]
