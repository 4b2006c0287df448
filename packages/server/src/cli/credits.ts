import { grantCredit as grant } from '../operations/grant-credit.ts'
import { listGrants as list } from '../operations/list-grants.ts'
import { revokeGrant as revoke } from '../operations/revoke-grant.ts'
import { asSaid, operator, readDate, text, type Command } from './command.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { json, onOne, show as print } from './on-one.ts'
import { configOption, dataOption, withStore } from './with-store.ts'

/** The option of each field that the operation may refuse. */
const optionOf = {
  account: 'account',
  usd: 'usd',
  priority: 'priority',
  from: 'from',
  expires_at: 'expires',
  note: 'note',
} as const

/** `speka credits grant` */
const grantCredit: Command = {
  name: 'credits grant',
  usage:
    '--account ID --usd X [--priority N] [--from ISO] [--expires ISO] [--note T] [--config FILE] [--json] [--data DIR]',
  summary: 'Give an account prepaid credit, spent behind the allowance of its plan.',
  options: {
    ...dataOption,
    ...configOption,
    ...json,
    ...accountOption,
    usd: { type: 'string' },
    priority: { type: 'string' },
    from: { type: 'string' },
    expires: { type: 'string' },
    note: { type: 'string' },
  },
  run(invocation) {
    const { options } = invocation
    const wanted = {
      account: text(options, 'account') ?? '',
      usd: text(options, 'usd') ?? '',
      priority: text(options, 'priority'),
      from: readDate('from', text(options, 'from')),
      expires_at: readDate('expires', text(options, 'expires')),
      note: text(options, 'note'),
    }
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid(optionOf, () => grant(parts, operator, wanted)))
      return 0
    })
  },
}

/** `speka credits …` */
export const creditCommands: readonly Command[] = [
  grantCredit,
  listCommand({
    name: 'credits list',
    summary: 'List prepaid credit.',
    list,
    usage: '[--account ID] [--config FILE]',
    options: { ...accountOption, ...configOption },
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: ['id', 'account', 'usd', 'left', 'priority', 'from', 'expires', 'status', 'note'],
    cells: ({ id, account, usd, left_usd: left, priority, from, expires_at: expires, status, note }) => [
      id,
      account,
      usd,
      left,
      String(priority),
      day(from),
      day(expires),
      status,
      note,
    ],
    none: 'Nobody has been given credit yet. Give some: speka credits grant --account ID --usd 10',
  }),
  onOne('credits', 'revoke', 'Take back what is left of prepaid credit.', revoke),
]
