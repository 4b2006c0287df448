import { createKey as create } from '../operations/create-key.ts'
import type { KeyView, NewKeyView } from '../operations/key-view.ts'
import { listKeys as list } from '../operations/list-keys.ts'
import { revokeKey as revoke } from '../operations/revoke-key.ts'
import { rotateKey as rotate } from '../operations/rotate-key.ts'
import { showKey as show } from '../operations/show-key.ts'
import { asSaid, operator, readDate, refuseNotYet, text, UsageError, type Command, type Invocation } from './command.ts'
import { printTable } from './table.ts'
import { dataOption, withStore, withStoreToRead } from './with-store.ts'

const json = { json: { type: 'boolean' } } as const

/** Limits that have a name already. */
const limitOptions = ['limit-usd', 'reset', 'rpm', 'tpm', 'max-parallel'] as const

/** `speka keys create`: mints a virtual key and shows it, this once. */
export const createKey: Command = {
  name: 'keys create',
  usage: '--name NAME [--test] [--models GLOB,…] [--expires ISO] [--json] [--data DIR]',
  summary: 'Make a virtual key. It is shown once.',
  options: {
    ...dataOption,
    ...json,
    name: { type: 'string' },
    test: { type: 'boolean' },
    models: { type: 'string' },
    expires: { type: 'string' },
    plan: { type: 'string' },
    'limit-usd': { type: 'string' },
    reset: { type: 'string' },
    rpm: { type: 'string' },
    tpm: { type: 'string' },
    'max-parallel': { type: 'string' },
  },
  run(invocation) {
    const { options, terminal } = invocation
    refuseNotYet(options, limitOptions)
    if (options['plan'] !== undefined && options['plan'] !== 'none')
      throw new UsageError('--plan is not available yet, but for "none".')
    const name = text(options, 'name')?.trim() ?? ''
    if (name === '') throw new UsageError('Give the key a name: speka keys create --name NAME')
    const wanted = {
      name,
      mode: options['test'] === true ? 'test' : 'live',
      models: readGlobs(text(options, 'models')),
      expires_at: readDate('expires', text(options, 'expires')),
    }
    return withStore(invocation, async (parts) => {
      const made = await asSaid({ expires_at: 'expires' }, () => create(parts, operator, wanted))
      if (options['json'] === true) terminal.out(JSON.stringify(made))
      else printNewKey(invocation, made)
      return 0
    })
  },
}

/** `speka keys list` */
export const listKeys: Command = {
  name: 'keys list',
  usage: '[--json] [--data DIR]',
  summary: 'List the virtual keys.',
  options: { ...dataOption, ...json },
  async run(invocation) {
    const { options, terminal } = invocation
    const keys = await withStoreToRead(invocation, (parts) => list(parts, operator, {}))
    if (options['json'] === true) terminal.out(JSON.stringify(keys))
    else if (keys.length === 0) terminal.out('There are no keys yet. Make one: speka keys create --name NAME')
    else {
      printTable(
        terminal,
        ['id', 'name', 'mode', 'status', 'created', 'expires', 'models'],
        keys.map(({ id, name, mode, status, created_at: created, expires_at: expires, models }) => [
          id,
          name,
          mode,
          status,
          day(created),
          day(expires),
          models?.join(',') ?? '',
        ]),
      )
    }
    return 0
  },
}

/** `speka keys show ID` */
export const showKey: Command = {
  name: 'keys show',
  usage: 'ID [--json] [--data DIR]',
  summary: 'Show one virtual key.',
  options: { ...dataOption, ...json },
  run: (invocation) =>
    withStore(invocation, async (parts) => {
      printKey(invocation, await show(parts, operator, { id: idOf(invocation) }))
      return 0
    }),
}

/** `speka keys revoke ID`: a running server refuses the key within a second. */
export const revokeKey: Command = {
  name: 'keys revoke',
  usage: 'ID [--json] [--data DIR]',
  summary: 'Stop a virtual key for good.',
  options: { ...dataOption, ...json },
  run: (invocation) =>
    withStore(invocation, async (parts) => {
      printKey(invocation, await revoke(parts, operator, { id: idOf(invocation) }))
      return 0
    }),
}

/** `speka keys rotate ID`: a new key with the old one's name and limits; the old one stops. */
export const rotateKey: Command = {
  name: 'keys rotate',
  usage: 'ID [--json] [--data DIR]',
  summary: 'Replace a virtual key by a new one.',
  options: { ...dataOption, ...json },
  run: (invocation) =>
    withStore(invocation, async (parts) => {
      const made = await rotate(parts, operator, { id: idOf(invocation) })
      if (invocation.options['json'] === true) invocation.terminal.out(JSON.stringify(made))
      else printNewKey(invocation, made)
      return 0
    }),
}

function idOf({ positionals }: Invocation): string {
  const [id, ...more] = positionals
  if (id === undefined || more.length > 0) throw new UsageError('Give one key id; "speka keys list" shows them.')
  return id
}

function readGlobs(globList: string | undefined): string[] | undefined {
  if (globList === undefined) return undefined
  const globs = globList.split(',').map((glob) => glob.trim())
  if (globs.some((glob) => glob === ''))
    throw new UsageError('--models is a list of model ids or globs, such as meta/*,speka/sandbox')
  return globs
}

function printNewKey({ terminal }: Invocation, { key, name, id }: NewKeyView): void {
  terminal.out(key)
  terminal.error(`This is the key of "${name}" (${id}). It is shown this once; only its digest is kept.`)
}

function printKey({ options, terminal }: Invocation, key: KeyView): void {
  if (options['json'] === true) terminal.out(JSON.stringify(key))
  else
    for (const [name, value] of Object.entries(key))
      terminal.out(`${name.padEnd(12)}${value === null ? '–' : String(value)}`)
}

const day = (at: string | null): string => at?.slice(0, 10) ?? ''
