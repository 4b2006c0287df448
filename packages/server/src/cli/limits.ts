import { listLimits as list } from '../operations/list-limits.ts'
import { listRefusals, type RefusalView } from '../operations/list-refusals.ts'
import { removeLimit as remove } from '../operations/remove-limit.ts'
import { setLimit as set } from '../operations/set-limit.ts'
import { asSaid, operator, readDate, text, texts, UsageError, type Command, type Invocation } from './command.ts'
import { amountOptions, rateOptions, readAmounts } from './limit-options.ts'
import { accountOption, listCommand } from './list-command.ts'
import { json, onOne, show as print } from './on-one.ts'
import { dataOption, withStore } from './with-store.ts'

/** Whose requests a limit may count, each by an option of its name. */
const subjectOptions = ['team', 'environment', 'member', 'key', 'customer', 'tag'] as const

/** The option of each field that the operation may refuse. */
const optionOf = {
  account: 'account',
  ...Object.fromEntries(subjectOptions.map((name) => [`subject.${name}`, name])),
  usd: 'usd',
  ...amountOptions,
  models: 'model',
  on_reached: 'on-reached',
  fallback: 'fallback',
}

/** `speka limits set` */
const setLimit: Command = {
  name: 'limits set',
  usage:
    '[--account ID] [--team ID | --environment NAME | --member ID | --key ID | --customer ID | --each-customer | --tag NAME] ' +
    '[--model GLOB] (--usd X --reset daily|weekly|monthly|never | --rpm N | --rpd N | --tpm N | --max-parallel N) ' +
    '[--on-reached stop|notify|fallback] [--fallback MODEL]… [--json] [--data DIR]',
  summary: 'Limit what an account, or some of its requests, may use.',
  takesMore: true,
  options: {
    ...dataOption,
    ...json,
    ...accountOption,
    ...rateOptions,
    team: { type: 'string' },
    environment: { type: 'string' },
    member: { type: 'string' },
    key: { type: 'string' },
    customer: { type: 'string' },
    'each-customer': { type: 'boolean' },
    tag: { type: 'string' },
    model: { type: 'string' },
    usd: { type: 'string' },
    'on-reached': { type: 'string' },
    fallback: { type: 'string', multiple: true },
  },
  run(invocation) {
    const { options } = invocation
    const wanted = {
      account: text(options, 'account'),
      subject: subjectIn(invocation),
      ...readAmounts(options, 'usd'),
      models: text(options, 'model'),
      on_reached: text(options, 'on-reached'),
      fallback: fallbackIn(invocation),
    }
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid(optionOf, () => set(parts, operator, wanted)))
      return 0
    })
  },
}

/** @throws UsageError for more than one. */
function subjectIn({ options }: Invocation): Record<string, string> | undefined {
  const named = subjectOptions.filter((name) => options[name] !== undefined)
  const isEach = options['each-customer'] === true
  const [first] = named
  if (named.length + (isEach ? 1 : 0) > 1)
    throw new UsageError(
      `A limit has one subject: give one of ${subjectOptions.map((name) => `--${name}`).join(', ')}, --each-customer.`,
    )
  if (isEach) return { each: 'customer' }
  return first === undefined ? undefined : { [first]: text(options, first) ?? '' }
}

/** `--fallback A B` names several as well as `--fallback A --fallback B` and `--fallback A,B` do. */
function fallbackIn({ options, positionals }: Invocation): string[] | undefined {
  const given = texts(options, 'fallback')
  // Behind several options the order in which they were meant would be lost.
  if (given?.length !== 1 && positionals.length > 0)
    throw new UsageError(`"${positionals[0]}" is no option of speka limits set.`)
  return given && [...given, ...positionals].flatMap((models) => models.split(',').map((model) => model.trim()))
}

/** `speka limits …` */
export const limitCommands: readonly Command[] = [
  setLimit,
  listCommand({
    name: 'limits list',
    summary: 'List the limits.',
    list,
    usage: '[--account ID]',
    options: accountOption,
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: [
      'id',
      'account',
      'subject',
      'models',
      'kind',
      'limit',
      'window',
      'spent',
      'left',
      'refused in 24 h',
      'on reached',
      'status',
    ],
    cells: ({ id, account, subject, models, kind, limit, window, on_reached: reached, status, ...one }) => [
      id,
      account,
      subject.id === null && subject.kind !== 'account'
        ? `each ${subject.kind}`
        : `${subject.kind} ${subject.id ?? ''}`,
      models,
      kind,
      limit,
      window,
      one.spent_usd,
      one.left_usd,
      String(one.refused_last_day),
      reached,
      status,
    ],
    none: 'No limit has been set by command or API yet, and those of the configuration stand there. Set one: speka limits set --usd 10 --reset monthly',
  }),
  listCommand({
    name: 'limits refusals',
    summary: 'List who was refused by which limit, by minute.',
    list: listRefusals,
    usage: '[--limit ID] [--key ID] [--since ISO] [--account ID]',
    options: { ...accountOption, limit: { type: 'string' }, key: { type: 'string' }, since: { type: 'string' } },
    wanted: (options) => ({
      account: text(options, 'account'),
      key_id: text(options, 'key'),
      limit_id: text(options, 'limit'),
      since: readDate('since', text(options, 'since')),
    }),
    headings: ['minute', 'account', 'key', 'limit', 'of', 'kind', 'window', 'refused'],
    cells: ({ at, account, key_id: key, limit_id: limit, subject, kind, window, refused }: RefusalView) => [
      at,
      account,
      key,
      limit,
      subject,
      kind,
      window,
      String(refused),
    ],
    none: 'No limit has refused a request in the last 30 days.',
  }),
  onOne('limits', 'remove', 'Remove a limit.', remove),
]
