import { SpekaError } from '@speka/core'
import { createKeyRecord } from '../keys/create-key.ts'
import { openPepper } from '../keys/pepper.ts'
import type { KeyRecord, Store } from '../store/store.ts'
import { readDate, refuseNotYet, text, UsageError, type Command, type Invocation } from './command.ts'
import { printTable } from './table.ts'
import { dataOption, storeExists, withStore } from './with-store.ts'

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
    const wish = {
      name,
      mode: options['test'] === true ? 'test' : 'live',
      models: readGlobs(text(options, 'models')),
      expiresAt: readExpiry(text(options, 'expires')),
    } as const
    return withStore(invocation, async (store, settings) => {
      const { key, record } = createKeyRecord(wish, await openPepper(settings.keyPepper, settings.dataDir, store.keys))
      await store.keys.insert(record)
      if (options['json'] === true) terminal.out(JSON.stringify({ key, ...shown(record) }))
      else printNewKey(invocation, key, record)
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
    const records = storeExists(invocation) ? await withStore(invocation, (store) => store.keys.list()) : []
    if (options['json'] === true) terminal.out(JSON.stringify(records.map(shown)))
    else if (records.length === 0) terminal.out('There are no keys yet. Make one: speka keys create --name NAME')
    else {
      printTable(
        terminal,
        ['id', 'name', 'mode', 'status', 'created', 'expires', 'models'],
        records.map((record) => [
          record.id,
          record.name,
          record.mode,
          statusOf(record),
          day(record.createdAt),
          day(record.expiresAt),
          record.limits.models?.join(',') ?? '',
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
    withStore(invocation, async (store) => {
      printKey(invocation, await find(store, idOf(invocation)))
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
    withStore(invocation, async (store) => {
      const { id } = await find(store, idOf(invocation))
      const record = await store.keys.revoke(id, Date.now())
      if (record !== undefined) printKey(invocation, record)
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
    withStore(invocation, async (store, settings) => {
      const old = await find(store, idOf(invocation))
      if (old.revokedAt !== undefined)
        throw new SpekaError(
          'invalid_value',
          `${old.id} is revoked already. Make a new key: speka keys create --name NAME`,
        )
      const wish = { name: old.name, mode: old.mode, models: old.limits.models, expiresAt: old.expiresAt }
      const { key, record } = createKeyRecord(wish, await openPepper(settings.keyPepper, settings.dataDir, store.keys))
      await store.keys.insert(record)
      await store.keys.revoke(old.id, Date.now())
      if (invocation.options['json'] === true)
        invocation.terminal.out(JSON.stringify({ key, ...shown(record), replaces: old.id }))
      else printNewKey(invocation, key, record)
      return 0
    }),
}

function idOf({ positionals }: Invocation): string {
  const [id, ...more] = positionals
  if (id === undefined || more.length > 0) throw new UsageError('Give one key id; "speka keys list" shows them.')
  return id
}

async function find(store: Store, id: string): Promise<KeyRecord> {
  const record = (await store.keys.list()).find((key) => key.id === id)
  if (record === undefined)
    throw new SpekaError('invalid_value', `There is no key "${id}". "speka keys list" shows the keys there are.`)
  return record
}

function readGlobs(list: string | undefined): string[] | undefined {
  if (list === undefined) return undefined
  const globs = list.split(',').map((glob) => glob.trim())
  if (globs.some((glob) => glob === ''))
    throw new UsageError('--models is a list of model ids or globs, such as meta/*,speka/sandbox')
  return globs
}

function readExpiry(value: string | undefined): number | undefined {
  const at = readDate('expires', value)
  if (at !== undefined && at <= Date.now()) throw new UsageError('--expires is in the past.')
  return at
}

/** A key as the API of the command line shows it: no digest. */
function shown(record: KeyRecord): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    mode: record.mode,
    plan: record.plan,
    models: record.limits.models ?? null,
    status: statusOf(record),
    created_at: new Date(record.createdAt).toISOString(),
    expires_at: record.expiresAt === undefined ? null : new Date(record.expiresAt).toISOString(),
    revoked_at: record.revokedAt === undefined ? null : new Date(record.revokedAt).toISOString(),
  }
}

function printNewKey(invocation: Invocation, key: string, record: KeyRecord): void {
  const { terminal } = invocation
  terminal.out(key)
  terminal.error(`This is the key of "${record.name}" (${record.id}). It is shown this once; only its digest is kept.`)
}

function printKey({ options, terminal }: Invocation, record: KeyRecord): void {
  if (options['json'] === true) terminal.out(JSON.stringify(shown(record)))
  else
    for (const [name, value] of Object.entries(shown(record)))
      terminal.out(`${name.padEnd(12)}${value === null ? '–' : String(value)}`)
}

function statusOf({ revokedAt, expiresAt }: KeyRecord): string {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && expiresAt <= Date.now() ? 'expired' : 'active'
}

const day = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString().slice(0, 10))
