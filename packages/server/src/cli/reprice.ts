import type { RepriceResult } from '../operations/reprice-view.ts'
import { reprice as run } from '../operations/reprice.ts'
import { asSaid, operator, readDate, text, texts, UsageError, type Command, type Invocation } from './command.ts'
import { json } from './on-one.ts'
import { showProgress } from './show-progress.ts'
import { printTable } from './table.ts'
import { configOption, dataOption, withStore, withStoreToRead } from './with-store.ts'

/** The option of each field that the operation may refuse. */
const optionOf = { models: 'model', since: 'since', until: 'until', price: 'price' }

/** `speka reprice`: what rows should have cost. Nothing is written without `--apply`. */
export const reprice: Command = {
  name: 'reprice',
  usage: '--model GLOB --since ISO --until ISO --price UNIT=USD… [--apply] [--json] [--data DIR] [--config FILE]',
  summary: 'Show what usage comes to at another price, and with --apply adjust it.',
  takesMore: true,
  options: {
    ...dataOption,
    ...configOption,
    ...json,
    model: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    price: { type: 'string', multiple: true },
    apply: { type: 'boolean' },
  },
  async run(invocation) {
    const { options, terminal } = invocation
    const wanted = {
      models: demanded(invocation, 'model'),
      since: readDate('since', demanded(invocation, 'since')),
      until: readDate('until', demanded(invocation, 'until')),
      price: priceIn(invocation),
      apply: options['apply'] === true,
    }
    const onProgress = showProgress(terminal, { verb: 'Read', what: 'rows' })
    const open = wanted.apply ? withStore : withStoreToRead
    const result = await asSaid(optionOf, () =>
      open(invocation, (parts) => run({ ...parts, onProgress }, operator, wanted)),
    )
    if (options['json'] === true) terminal.out(JSON.stringify(result))
    else tell(invocation, result)
    return 0
  },
}

/** @throws UsageError when it was not given. */
function demanded({ options }: Invocation, name: string): string {
  const value = text(options, name)
  if (value === undefined) throw new UsageError(`speka reprice needs --${name}.`)
  return value
}

/** `--price input=0.15 output=0.60` says as much as `--price input=0.15 --price output=0.60`. */
function priceIn({ options, positionals }: Invocation): Record<string, string> {
  const given = texts(options, 'price') ?? []
  if (given.length === 0)
    throw new UsageError('speka reprice needs --price, such as --price input=0.15 output=0.60: all of the price.')
  const price: Record<string, string> = {}
  for (const rate of [...given, ...positionals]) {
    const [, unit, usd] = /^([a-z_0-9]+)=(.+)$/.exec(rate) ?? []
    if (unit === undefined || usd === undefined)
      throw new UsageError(`--price must be a unit and what it costs, such as input=0.15, not "${rate}".`)
    if (Object.hasOwn(price, unit)) throw new UsageError(`--price has ${unit} twice.`)
    price[unit] = usd
  }
  return price
}

const HEADINGS = ['account', 'month', 'rows', 'not repriced', 'charged usd', 'repriced usd', 'difference usd']

function tell({ terminal }: Invocation, result: RepriceResult): void {
  if (result.accounts.length === 0) {
    terminal.out('No row of these models arrived in that time.')
    return
  }
  const rows = [...result.accounts, { ...result, account: 'all', month: '' }].map((sum) => [
    sum.account,
    sum.month,
    String(sum.rows),
    String(sum.not_repriced),
    sum.charged_usd,
    sum.repriced_usd,
    sum.difference_usd,
  ])
  printTable(terminal, HEADINGS, rows)
  terminal.out('')
  if (result.caught_up_usd !== '0')
    terminal.out(
      `Earlier reprices of that time get ${result.caught_up_usd} USD besides, for rows that came after them.`,
    )
  terminal.out(outcomeOf(result))
}

function outcomeOf({ applied, accounts, id }: RepriceResult): string {
  const made = accounts.filter(({ adjustment }) => adjustment !== null)
  if (!applied) return 'Nothing was written. With --apply, each difference becomes an adjustment.'
  if (made.length === 0) return 'It makes no difference to what was adjusted already, and nothing was written.'
  const months = [...new Set(made.map(({ invoiced_in: month }) => month))].toSorted()
  const what = made.length === 1 ? '1 adjustment was' : `${made.length} adjustments were`
  return `${what} made, by ${id}, for the invoices of ${months.join(' and ')}.`
}
