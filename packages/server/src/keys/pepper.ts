import { randomBytes, randomUUID, scryptSync } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SpekaError } from '@speka/core'
import type { Registry } from '../store/registry.ts'
import type { Replicas } from '../store/replicas.ts'
import { keepToOwner } from '../files/keep-to-owner.ts'
import { placeFile } from '../files/place-file.ts'

const BYTES = 32

/**
 * The secret that key digests depend on: the one given, else one that is made once and kept beside the store, readable by
 * its owner only. With another no key of the store would ever be recognised again, so none is made where there are keys.
 *
 * @param replicas who shares the store, and must have the same.
 *
 * @throws SpekaError `storage_unavailable` when it can be neither read nor made, and when others have another.
 */
export async function openPepper(
  given: string | undefined,
  dataDir: string,
  registry: Pick<Registry, 'list'>,
  replicas?: PepperMarks,
): Promise<Buffer> {
  const path = join(dataDir, 'key-pepper')
  const pepper = given === undefined ? readPepper(path) : Buffer.from(given, 'utf8')
  if (pepper === undefined) {
    const inUse = await keysInUse(registry)
    // One that is made here would be another than everybody else's.
    if ((await replicas?.pepperMark()) !== undefined && inUse + (await othersOf(replicas)) > 0) throw another(path)
    if (inUse > 0) throw missing(path, inUse)
  }
  const used = pepper ?? makePepper(path, dataDir)
  if (replicas !== undefined) await demandSame(used, path, registry, replicas)
  return used
}

/** What of {@link Replicas} tells whether all have the same pepper. */
export type PepperMarks = Pick<Replicas, 'list' | 'pepperMark' | 'keepPepperMark'>

/** @throws SpekaError `storage_unavailable` when others recognise keys, or keys were made, by another pepper. */
async function demandSame(
  pepper: Buffer,
  path: string,
  registry: Pick<Registry, 'list'>,
  replicas: PepperMarks,
): Promise<void> {
  const mark = markOf(pepper)
  const kept = await replicas.keepPepperMark(mark)
  if (kept === mark) return
  if ((await keysInUse(registry)) > 0 || (await othersOf(replicas)) > 0) throw another(path)
  if ((await replicas.keepPepperMark(mark, kept)) !== mark) throw another(path)
}

/** By what a store knows the pepper that is given or kept in a folder; `undefined`: there is none yet. @throws As {@link openPepper} does. */
export function pepperMarkOf(given: string | undefined, dataDir: string): string | undefined {
  const pepper = given === undefined ? readPepper(join(dataDir, 'key-pepper')) : Buffer.from(given, 'utf8')
  return pepper && markOf(pepper)
}

/** Slow to compute, so that nobody who has the database finds a short pepper by trying. */
const markOf = (pepper: Buffer): string => scryptSync(pepper, 'speka pepper', 16).toString('hex')

const othersOf = async (replicas: PepperMarks | undefined): Promise<number> =>
  ((await replicas?.list()) ?? []).filter(({ isSelf }) => !isSelf).length

async function keysInUse(registry: Pick<Registry, 'list'>): Promise<number> {
  const made = [...(await registry.list('key')), ...(await registry.list('token'))]
  return made.filter(({ record }) => record.revokedAt === undefined).length
}

const another = (path: string): SpekaError =>
  new SpekaError(
    'storage_unavailable',
    'The keys of this database were made with another pepper than this replica has, which would recognise none of them. Set ' +
      `SPEKA_KEY_PEPPER to the same everywhere, or copy the file key-pepper of the replica that made them to ${path}.`,
  )

const missing = (path: string, keys: number): SpekaError =>
  new SpekaError(
    'storage_unavailable',
    `${path} is missing, and without it no key or token of the database can be recognised (there are ${keys}). Restore it from a ` +
      'backup, or set SPEKA_KEY_PEPPER if they were made with that. If it is lost for good, revoke those keys and tokens ' +
      '(speka keys list, speka keys revoke ID; speka tokens list, speka tokens revoke ID), start again and make new ones.',
  )

function readPepper(path: string): Buffer | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new SpekaError(
      'storage_unavailable',
      `${path} cannot be read. Give this user the right to, or set SPEKA_KEY_PEPPER.`,
      { cause },
    )
  }
  keepToOwner(path)
  const pepper = Buffer.from(text.trim(), 'hex')
  if (pepper.length === BYTES) return pepper
  throw new SpekaError(
    'storage_unavailable',
    `${path} is damaged. Restore it from a backup: without it no existing key can be recognised.`,
  )
}

/** Of two processes that start at once both get the same one, whole. */
function makePepper(path: string, dataDir: string): Buffer {
  const draft = `${path}.new-${randomUUID()}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${randomBytes(BYTES).toString('hex')}\n`, { mode: 0o600, flush: true })
    placeFile(draft, path)
  } catch (cause) {
    throw new SpekaError(
      'storage_unavailable',
      `${path} cannot be written. Give this user the right to, or set SPEKA_KEY_PEPPER.`,
      { cause },
    )
  }
  const pepper = readPepper(path)
  if (pepper === undefined)
    throw new SpekaError('storage_unavailable', `${path} has gone away as it was made. Start again.`)
  return pepper
}
