import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SpekaError } from '@speka/core'
import type { Registry } from '../store/registry.ts'
import { keepToOwner } from '../files/keep-to-owner.ts'
import { placeFile } from '../files/place-file.ts'

const BYTES = 32

/**
 * The secret that key digests depend on: the one given, else one that is made once and kept beside the store, readable by
 * its owner only. With another no key of the store would ever be recognised again, so none is made where there are keys.
 *
 * @throws SpekaError `storage_unavailable` when it can be neither read nor made.
 */
export async function openPepper(
  given: string | undefined,
  dataDir: string,
  registry: Pick<Registry, 'list'>,
): Promise<Buffer> {
  if (given !== undefined) return Buffer.from(given, 'utf8')
  const path = join(dataDir, 'key-pepper')
  const kept = readPepper(path)
  if (kept !== undefined) return kept
  const made = [...(await registry.list('key')), ...(await registry.list('token'))]
  const inUse = made.filter(({ record }) => record.revokedAt === undefined).length
  if (inUse > 0) throw missing(path, inUse)
  return makePepper(path, dataDir)
}

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
