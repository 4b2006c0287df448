import { changePlan as plan, resumeAccount as resume, suspendAccount as suspend } from '../operations/change-account.ts'
import { createAccount as create } from '../operations/create-account.ts'
import { listAccounts as list } from '../operations/list-accounts.ts'
import { showAccount as show } from '../operations/show-account.ts'
import { asSaid, operator, text, UsageError, type Command, type Options } from './command.ts'
import { day, listCommand } from './list-command.ts'
import { argumentsOf, json, onOne, show as print } from './on-one.ts'
import { dataOption, withStore } from './with-store.ts'

/** `speka accounts create` */
const createAccount: Command = {
  name: 'accounts create',
  usage: '--name NAME [--plan PLAN] [--email E] [--json] [--data DIR]',
  summary: 'Make an account, which keys, teams and members may belong to.',
  options: { ...dataOption, ...json, name: { type: 'string' }, plan: { type: 'string' }, email: { type: 'string' } },
  run(invocation) {
    const { options } = invocation
    const wanted = { name: text(options, 'name') ?? '', plan: planOf(options), email: text(options, 'email') }
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid({ name: 'name', email: 'email' }, () => create(parts, operator, wanted)))
      return 0
    })
  },
}

/** `speka accounts plan ID PLAN` */
const planAccount: Command = {
  name: 'accounts plan',
  usage: 'ID PLAN [--json] [--data DIR]',
  summary: 'Put an account on another plan.',
  options: { ...dataOption, ...json },
  run(invocation) {
    const [id, wanted = ''] = argumentsOf(invocation, 'accounts', 'plan')
    const input = { id, plan: knownPlan(wanted) }
    return withStore(invocation, async (parts) => {
      print(invocation, await plan(parts, operator, input))
      return 0
    })
  },
}

/** `speka accounts …` */
export const accountCommands: readonly Command[] = [
  createAccount,
  listCommand({
    name: 'accounts list',
    summary: 'List the accounts.',
    list,
    headings: ['id', 'name', 'plan', 'status', 'created', 'email'],
    cells: ({ id, name, plan, status, created_at: created, email }) => [id, name, plan, status, day(created), email],
    none: 'There are no accounts yet. Make one: speka accounts create --name NAME',
  }),
  onOne('accounts', 'show', 'Show one account.', show),
  onOne('accounts', 'suspend', 'Stop every key of an account, until it is resumed.', suspend),
  onOne('accounts', 'resume', 'Let the keys of a suspended account work again.', resume),
  planAccount,
]

/** The plan that an option names. @throws UsageError for one that is still to come. */
export const planOf = (options: Options): string | undefined => {
  const plan = text(options, 'plan')
  return plan === undefined ? undefined : knownPlan(plan, '--plan')
}

/** Plans come with what they limit. */
function knownPlan(plan: string, what = 'Another plan'): string {
  if (plan !== 'none') throw new UsageError(`${what} is not available yet, but for "none".`)
  return plan
}
