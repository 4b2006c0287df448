import { addAdjustment as add } from '../operations/add-adjustment.ts'
import { listAdjustments as list } from '../operations/list-adjustments.ts'
import { asSaid, operator, text, type Command } from './command.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { json, show } from './on-one.ts'
import { dataOption, withStore } from './with-store.ts'

/** `speka adjustments add` */
const addAdjustment: Command = {
  name: 'adjustments add',
  usage: '--account ID --usd X|-X --reason TEXT [--kind amount|usage] [--about YYYY-MM] [--json] [--data DIR]',
  summary: 'Add to what an account pays, or take from it, on its next invoice.',
  options: {
    ...dataOption,
    ...json,
    ...accountOption,
    usd: { type: 'string' },
    reason: { type: 'string' },
    kind: { type: 'string' },
    about: { type: 'string' },
  },
  run(invocation) {
    const { options } = invocation
    const wanted = {
      account: text(options, 'account') ?? '',
      usd: text(options, 'usd') ?? '',
      reason: text(options, 'reason') ?? '',
      kind: text(options, 'kind'),
      about: text(options, 'about'),
    }
    return withStore(invocation, async (parts) => {
      show(invocation, await asSaid(optionOf, () => add(parts, operator, wanted)))
      return 0
    })
  },
}

const optionOf = { account: 'account', usd: 'usd', reason: 'reason', kind: 'kind', about: 'about' }

/** `speka adjustments …` */
export const adjustmentCommands: readonly Command[] = [
  addAdjustment,
  listCommand({
    name: 'adjustments list',
    summary: 'List what was added to invoices, or taken from them.',
    list,
    usage: '[--account ID]',
    options: accountOption,
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: ['id', 'account', 'month', 'kind', 'usd', 'about', 'reason', 'made'],
    cells: ({ id, account, month, kind, usd, about, reason, created_at: created }) => [
      id,
      account,
      month,
      kind,
      usd,
      about,
      reason,
      day(created),
    ],
    none: 'Nothing has been adjusted yet.',
  }),
]
