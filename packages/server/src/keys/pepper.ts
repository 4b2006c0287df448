import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SpekaError } from '@speka/core'

const BYTES = 32

/**
 * The secret that key digests depend on: the one given, else one that is made once and kept beside the store, readable by
 * its owner only.
 *
 * @throws SpekaError `storage_unavailable` when it can be neither read nor made.
 */
export function openPepper(given: string | undefined, dataDir: string): Buffer {
  if (given !== undefined) return Buffer.from(given, 'utf8')
  const path = join(dataDir, 'key-pepper')
  return readPepper(path) ?? makePepper(path, dataDir)
}

function readPepper(path: string): Buffer | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new SpekaError(
      'storage_unavailable',
      `${path} cannot be read. Give this user the right to, or set SPEKA_KEY_PEPPER.`,
      { cause },
    )
  }
  const pepper = Buffer.from(text.trim(), 'hex')
  if (pepper.length === BYTES) return pepper
  throw new SpekaError(
    'storage_unavailable',
    `${path} is damaged. Restore it from a backup: without it no existing key can be recognised.`,
  )
}

/** Written aside and linked into place, so that of two processes that start at once both get the same one, whole. */
function makePepper(path: string, dataDir: string): Buffer {
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(draft, randomBytes(BYTES).toString('hex'), { mode: 0o600, flush: true })
    try {
      linkSync(draft, path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    } finally {
      rmSync(draft, { force: true })
    }
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
