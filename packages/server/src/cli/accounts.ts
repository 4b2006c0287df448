import { changePlan as plan, resumeAccount as resume, suspendAccount as suspend } from '../operations/change-account.ts'
import { createAccount as create } from '../operations/create-account.ts'
import { listAccounts as list } from '../operations/list-accounts.ts'
import { showAccount as show } from '../operations/show-account.ts'
import { updateAccount as update } from '../operations/update-account.ts'
import { SpekaError } from '@speka/core'
import { asSaid, operator, text, UsageError, type Command } from './command.ts'
import { day, listCommand } from './list-command.ts'
import { argumentsOf, json, onOne, show as print } from './on-one.ts'
import { configOption, dataOption, withStore } from './with-store.ts'

/** `speka accounts create` */
const createAccount: Command = {
  name: 'accounts create',
  usage: '--name NAME [--plan PLAN] [--email E] [--config FILE] [--json] [--data DIR]',
  summary: 'Make an account, which keys, teams and members may belong to.',
  options: {
    ...dataOption,
    ...configOption,
    ...json,
    name: { type: 'string' },
    plan: { type: 'string' },
    email: { type: 'string' },
  },
  run(invocation) {
    const { options } = invocation
    const wanted = { name: text(options, 'name') ?? '', plan: text(options, 'plan'), email: text(options, 'email') }
    return withStore(invocation, async (parts) => {
      print(
        invocation,
        await asSaid({ name: 'name', plan: 'plan', email: 'email' }, () => create(parts, operator, wanted)),
      )
      return 0
    })
  },
}

/** The option of each field of an account's details. */
const detailOptions = {
  name: 'name',
  email: 'email',
  'buyer.name': 'buyer-name',
  'buyer.address': 'address',
  'buyer.country': 'country',
  'buyer.tax_id': 'tax-id',
} as const

/** `speka accounts update ID` */
const updateAccount: Command = {
  name: 'accounts update',
  usage:
    'ID [--name N] [--email E] [--buyer-name N] [--address TEXT] [--country CC] [--tax-id ID] [--json] [--data DIR]',
  summary: 'Change what an account is called, and who stands on its invoices. An empty text takes away.',
  options: {
    ...dataOption,
    ...json,
    ...Object.fromEntries(Object.values(detailOptions).map((option) => [option, { type: 'string' }] as const)),
  },
  run(invocation) {
    const [id] = argumentsOf(invocation, 'accounts')
    const said = (option: string): string | null | undefined => {
      const value = text(invocation.options, option)
      return value === '' ? null : value
    }
    const buyer = {
      name: said('buyer-name'),
      address: said('address'),
      country: said('country'),
      tax_id: said('tax-id'),
    }
    const isBuyerSaid = Object.values(buyer).some((value) => value !== undefined)
    const wanted = { id, name: said('name'), email: said('email'), ...(isBuyerSaid && { buyer }) }
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid(detailOptions, () => update(parts, operator, wanted)))
      return 0
    })
  },
}

/** `speka accounts plan ID PLAN` */
const planAccount: Command = {
  name: 'accounts plan',
  usage: 'ID PLAN [--when now|month_end] [--config FILE] [--json] [--data DIR]',
  summary: 'Put an account on another plan: a larger one now, a smaller one at the end of the month.',
  options: { ...dataOption, ...configOption, ...json, when: { type: 'string' } },
  run(invocation) {
    const [id, wanted = ''] = argumentsOf(invocation, 'accounts', 'plan')
    const input = { id, plan: wanted, when: text(invocation.options, 'when') }
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid({ when: 'when' }, () => plan(parts, operator, input)).catch(refusePlan))
      return 0
    })
  },
}

/** A plan that there is not was called wrongly. */
function refusePlan(error: unknown): never {
  throw SpekaError.is(error) && error.param === 'plan' ? new UsageError(error.message) : error
}

/** `speka accounts …` */
export const accountCommands: readonly Command[] = [
  createAccount,
  listCommand({
    name: 'accounts list',
    summary: 'List the accounts.',
    list,
    headings: ['id', 'name', 'plan', 'next plan', 'status', 'created', 'email'],
    cells: ({ id, name, plan, next_plan: next, status, created_at: created, email }) => [
      id,
      name,
      plan,
      next && `${next.plan} from ${day(next.from)}`,
      status,
      day(created),
      email,
    ],
    none: 'There are no accounts yet. Make one: speka accounts create --name NAME',
  }),
  onOne('accounts', 'show', 'Show one account.', show),
  updateAccount,
  onOne('accounts', 'suspend', 'Stop every key of an account, until it is resumed.', suspend),
  onOne('accounts', 'resume', 'Let the keys of a suspended account work again.', resume),
  planAccount,
]
