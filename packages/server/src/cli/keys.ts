import { createKey as create } from '../operations/create-key.ts'
import type { NewKeyView } from '../operations/key-view.ts'
import { listKeys as list } from '../operations/list-keys.ts'
import { revokeKey as revoke } from '../operations/revoke-key.ts'
import { rotateKey as rotate } from '../operations/rotate-key.ts'
import { showKey as show } from '../operations/show-key.ts'
import { updateKey as update } from '../operations/update-key.ts'
import {
  asSaid,
  operator,
  readDate,
  text,
  texts,
  UsageError,
  type Command,
  type Invocation,
  type Options,
} from './command.ts'
import { amountOptions, rateOptions, readAmounts } from './limit-options.ts'
import { accountOption, day, listCommand } from './list-command.ts'
import { argumentsOf, json, onOne, show as print } from './on-one.ts'
import { configOption, dataOption, withStore } from './with-store.ts'

/** What a key is, may do and is labelled with: the same to make one and to change one. */
const keyOptions = {
  name: { type: 'string' },
  team: { type: 'string' },
  member: { type: 'string' },
  environment: { type: 'string' },
  tag: { type: 'string', multiple: true },
  models: { type: 'string' },
  endpoints: { type: 'string' },
  providers: { type: 'string' },
  expires: { type: 'string' },
  'limit-usd': { type: 'string' },
  ...rateOptions,
} as const

/** The option of each field that an operation may refuse. */
const optionOf = {
  name: 'name',
  account: 'account',
  plan: 'plan',
  team: 'team',
  member: 'member',
  environment: 'environment',
  tags: 'tag',
  models: 'models',
  endpoints: 'endpoints',
  providers: 'providers',
  expires_at: 'expires',
  grace: 'grace',
  'limits.usd': 'limit-usd',
  ...Object.fromEntries(Object.entries(amountOptions).map(([field, option]) => [`limits.${field}`, option])),
}

/** `speka keys create`: mints a virtual key and shows it, this once. */
const createKey: Command = {
  name: 'keys create',
  usage:
    '--name NAME [--account ID] [--plan PLAN] [--team ID] [--member ID] [--environment NAME] [--tag NAME]… [--test] ' +
    '[--models GLOB,…] [--endpoints NAME,…] [--providers NAME,…] [--expires ISO] ' +
    '[--limit-usd X --reset daily|weekly|monthly|never] [--rpm N] [--rpd N] [--tpm N] [--max-parallel N] ' +
    '[--config FILE] [--json] [--data DIR]',
  summary: 'Make a virtual key. It is shown once.',
  options: {
    ...dataOption,
    ...json,
    ...configOption,
    ...accountOption,
    ...keyOptions,
    test: { type: 'boolean' },
    plan: { type: 'string' },
  },
  run(invocation) {
    const { options } = invocation
    const name = text(options, 'name')?.trim() ?? ''
    if (name === '') throw new UsageError('Give the key a name: speka keys create --name NAME')
    const wanted = {
      ...readKey(options),
      name,
      account: text(options, 'account'),
      plan: text(options, 'plan'),
      mode: options['test'] === true ? 'test' : 'live',
    }
    return withStore(invocation, async (parts) => {
      printNewKey(invocation, await asSaid(optionOf, () => create(parts, operator, wanted)))
      return 0
    })
  },
}

/** `speka keys update ID`: an option that is given nothing takes away. */
const updateKey: Command = {
  name: 'keys update',
  usage:
    'ID [--name NAME] [--team ID] [--member ID] [--environment NAME] [--tag NAME]… [--models GLOB,…] ' +
    '[--endpoints NAME,…] [--providers NAME,…] [--expires ISO] ' +
    '[--limit-usd X --reset daily|weekly|monthly|never] [--rpm N] [--rpd N] [--tpm N] [--max-parallel N] [--json] [--data DIR]',
  summary: 'Change a key; an option with "" takes away.',
  options: { ...dataOption, ...json, ...keyOptions },
  run(invocation) {
    const [id] = argumentsOf(invocation, 'keys')
    const wanted = { ...readKey(invocation.options), id }
    if (Object.values(wanted).filter((value) => value !== undefined).length === 1)
      throw new UsageError('Say what to change: speka keys update ID --name NAME, say.')
    return withStore(invocation, async (parts) => {
      print(invocation, await asSaid(optionOf, () => update(parts, operator, wanted)))
      return 0
    })
  },
}

/** `speka keys rotate ID`: a new key with the old one's name, labels and limits; the old one stops, now or after a grace. */
const rotateKey: Command = {
  name: 'keys rotate',
  usage: 'ID [--grace 24h] [--json] [--data DIR]',
  summary: 'Replace a virtual key by a new one.',
  options: { ...dataOption, ...json, grace: { type: 'string' } },
  run: (invocation) => {
    const [id] = argumentsOf(invocation, 'keys')
    const wanted = { id, grace: text(invocation.options, 'grace') }
    return withStore(invocation, async (parts) => {
      printNewKey(invocation, await asSaid(optionOf, () => rotate(parts, operator, wanted)))
      return 0
    })
  },
}

/** `speka keys …` */
export const keyCommands: readonly Command[] = [
  createKey,
  listCommand({
    name: 'keys list',
    summary: 'List the virtual keys.',
    list,
    usage: '[--account ID]',
    options: accountOption,
    wanted: (options) => ({ account: text(options, 'account') }),
    headings: ['id', 'name', 'account', 'mode', 'status', 'created', 'expires', 'used', 'models'],
    cells: (key) => [
      key.id,
      key.name,
      key.account,
      key.mode,
      key.status,
      day(key.created_at),
      day(key.expires_at),
      day(key.last_used_at),
      key.models?.join(',') ?? '',
    ],
    none: 'There are no keys yet. Make one: speka keys create --name NAME',
  }),
  onOne('keys', 'show', 'Show one virtual key.', show),
  updateKey,
  onOne('keys', 'revoke', 'Stop a virtual key for good.', revoke),
  rotateKey,
]

/** What options say of a key: a field that is not said is `undefined`, one that is said to be nothing `null`. */
function readKey(options: Options): Record<string, unknown> {
  return {
    name: text(options, 'name'),
    team: orNothing(text(options, 'team')),
    member: orNothing(text(options, 'member')),
    environment: orNothing(text(options, 'environment')),
    tags: tagsOf(options),
    models: listOf(options, 'models'),
    endpoints: listOf(options, 'endpoints'),
    providers: listOf(options, 'providers'),
    limits: readAmounts(options, 'limit-usd'),
    expires_at: text(options, 'expires') === '' ? null : readDate('expires', text(options, 'expires')),
  }
}

const orNothing = (value: string | undefined): string | null | undefined => (value === '' ? null : value)

function tagsOf(options: Options): string[] | null | undefined {
  const tags = texts(options, 'tag')
  return tags?.length === 1 && tags[0] === '' ? null : tags
}

/** What each list is of, for who has left one of it empty. */
const examples = {
  models: 'model ids or globs, such as meta/*,speka/sandbox',
  endpoints: 'endpoints, such as chat,embeddings',
  providers: 'names of providers, such as nvidia,openai',
} as const

function listOf(options: Options, name: keyof typeof examples): string[] | null | undefined {
  const given = text(options, name)
  if (given === undefined || given === '') return given === '' ? null : undefined
  const items = given.split(',').map((item) => item.trim())
  if (items.some((item) => item === '')) throw new UsageError(`--${name} is a list of ${examples[name]}`)
  return items
}

function printNewKey({ options, terminal }: Invocation, made: NewKeyView): void {
  if (options['json'] === true) {
    terminal.out(JSON.stringify(made))
    return
  }
  terminal.out(made.key)
  terminal.error(`This is the key of "${made.name}" (${made.id}). It is shown this once; only its digest is kept.`)
}
