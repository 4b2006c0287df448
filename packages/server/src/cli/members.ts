import { changeRole as role, removeMember as remove } from '../operations/change-member.ts'
import { inviteMember as invite } from '../operations/invite-member.ts'
import { listMembers as list } from '../operations/list-members.ts'
import { asSaid, operator, text, type Command } from './command.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { argumentsOf, json, onOne, show as print } from './on-one.ts'
import { dataOption, withStore } from './with-store.ts'

/** `speka members invite` */
const inviteMember: Command = {
  name: 'members invite',
  usage: '[--account ID] --email E --role owner|admin|billing|member|viewer [--json] [--data DIR]',
  summary: 'Let somebody into an account. Nobody is written to.',
  options: { ...dataOption, ...json, ...accountOption, email: { type: 'string' }, role: { type: 'string' } },
  run(invocation) {
    const { options } = invocation
    const wanted = {
      email: text(options, 'email') ?? '',
      role: text(options, 'role') ?? '',
      account: text(options, 'account'),
    }
    return withStore(invocation, async (parts) => {
      const invited = await asSaid({ email: 'email', role: 'role' }, () => invite(parts, operator, wanted))
      print(invocation, invited)
      return 0
    })
  },
}

/** `speka members role ID ROLE` */
const changeRole: Command = {
  name: 'members role',
  usage: 'ID ROLE [--json] [--data DIR]',
  summary: 'Give a member another role.',
  options: { ...dataOption, ...json },
  run(invocation) {
    const [id, wanted] = argumentsOf(invocation, 'members', 'role')
    return withStore(invocation, async (parts) => {
      print(invocation, await role(parts, operator, { id, role: wanted }))
      return 0
    })
  },
}

/** `speka members …` */
export const memberCommands: readonly Command[] = [
  inviteMember,
  listCommand({
    name: 'members list',
    summary: 'List the members.',
    list,
    usage: '[--account ID]',
    options: accountOption,
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: ['id', 'account', 'email', 'role', 'status', 'since'],
    cells: ({ id, account, email, role, status, created_at: since }) => [id, account, email, role, status, day(since)],
    none: 'There are no members yet. Invite one: speka members invite --email E --role ROLE',
  }),
  changeRole,
  onOne('members', 'remove', 'Remove a member; within a second none of his keys works.', remove),
]
