import { createTeam as create } from '../operations/create-team.ts'
import { listTeams as list } from '../operations/list-teams.ts'
import { renameTeam as rename } from '../operations/rename-team.ts'
import { asSaid, operator, text, type Command } from './command.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { argumentsOf, json, show as print } from './on-one.ts'
import { dataOption, withStore } from './with-store.ts'

/** `speka teams create` */
const createTeam: Command = {
  name: 'teams create',
  usage: '[--account ID] --name NAME [--json] [--data DIR]',
  summary: 'Make a team, by which keys and their usage are told apart.',
  options: { ...dataOption, ...json, ...accountOption, name: { type: 'string' } },
  run(invocation) {
    const { options } = invocation
    const wanted = { name: text(options, 'name') ?? '', account: text(options, 'account') }
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid({ name: 'name' }, () => create(parts, operator, wanted)))
      return 0
    })
  },
}

/** `speka teams rename ID NAME` */
const renameTeam: Command = {
  name: 'teams rename',
  usage: 'ID NAME [--json] [--data DIR]',
  summary: 'Give a team another name; its keys and limits stay.',
  options: { ...dataOption, ...json },
  run(invocation) {
    const [id, name] = argumentsOf(invocation, 'teams', 'name')
    return withStore(invocation, async (parts) => {
      print(invocation, await rename(parts, operator, { id, name }))
      return 0
    })
  },
}

/** `speka teams …` */
export const teamCommands: readonly Command[] = [
  createTeam,
  renameTeam,
  listCommand({
    name: 'teams list',
    summary: 'List the teams.',
    list,
    usage: '[--account ID]',
    options: accountOption,
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: ['id', 'account', 'name', 'created'],
    cells: ({ id, account, name, created_at: created }) => [id, account, name, day(created)],
    none: 'There are no teams yet. Make one: speka teams create --name NAME',
  }),
]
