import { createToken as create } from '../operations/create-token.ts'
import { listTokens as list } from '../operations/list-tokens.ts'
import { revokeToken as revoke } from '../operations/revoke-token.ts'
import { asSaid, operator, readDate, text, type Command } from './command.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { json, onOne } from './on-one.ts'
import { dataOption, withStore } from './with-store.ts'

/** `speka tokens create`: makes a token of the management API and shows it, this once. */
const createToken: Command = {
  name: 'tokens create',
  usage:
    '--name NAME --role owner|admin|billing|member|viewer|operator [--account ID] [--expires ISO] [--json] [--data DIR]',
  summary: 'Make a token of the management API. It is shown once.',
  options: {
    ...dataOption,
    ...json,
    ...accountOption,
    name: { type: 'string' },
    role: { type: 'string' },
    expires: { type: 'string' },
  },
  run(invocation) {
    const { options, terminal } = invocation
    const wanted = {
      name: text(options, 'name') ?? '',
      role: text(options, 'role') ?? '',
      account: text(options, 'account'),
      expires_at: readDate('expires', text(options, 'expires')),
    }
    const optionOf = { name: 'name', role: 'role', account: 'account', expires_at: 'expires' }
    return withStore(invocation, async (parts) => {
      const made = await asSaid(optionOf, () => create(parts, operator, wanted))
      if (options['json'] === true) terminal.out(JSON.stringify(made))
      else {
        terminal.out(made.token)
        terminal.error(`This is the token "${made.name}" (${made.id}). It is shown this once; only its digest is kept.`)
      }
      return 0
    })
  },
}

/** `speka tokens …` */
export const tokenCommands: readonly Command[] = [
  createToken,
  listCommand({
    name: 'tokens list',
    summary: 'List the tokens of the management API.',
    list,
    usage: '[--account ID]',
    options: accountOption,
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: ['id', 'account', 'name', 'role', 'status', 'created', 'expires'],
    cells: ({ id, account, name, role, status, created_at: created, expires_at: expires }) => [
      id,
      account,
      name,
      role,
      status,
      day(created),
      day(expires),
    ],
    none: 'There are no tokens yet. Make one: speka tokens create --name NAME --role ROLE',
  }),
  onOne('tokens', 'revoke', 'Stop a token for good.', revoke),
]
