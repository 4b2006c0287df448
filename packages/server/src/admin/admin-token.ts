import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SpekaError } from '@speka/core'
import { keepToOwner } from '../files/keep-to-owner.ts'
import { placeFile } from '../files/place-file.ts'

/** The admin token of a gateway, and whether it was made just now. */
export interface AdminToken {
  readonly token: string
  readonly isNew: boolean
}

/**
 * The token given, else one that is made once and kept beside the store, readable by its owner only.
 *
 * @throws SpekaError `storage_unavailable` when it can be neither read nor made.
 */
export function openAdminToken(given: string | undefined, dataDir: string): AdminToken {
  if (given !== undefined) return { token: given, isNew: false }
  const path = join(dataDir, 'admin-token')
  const known = read(path)
  if (known !== undefined) return { token: known, isNew: false }
  const draft = `${path}.new-${randomUUID()}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(draft, `speka-admin-${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true })
    const isNew = placeFile(draft, path)
    const token = read(path)
    if (token !== undefined) return { token, isNew }
  } catch (cause) {
    throw unusable(path, 'cannot be written', cause)
  }
  throw unusable(path, 'has gone away as it was made')
}

function read(path: string): string | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim()
    keepToOwner(path)
    if (token !== '') return token
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unusable(path, 'cannot be read', cause)
  }
  throw unusable(path, 'is empty')
}

const unusable = (path: string, why: string, cause?: unknown): SpekaError =>
  new SpekaError('storage_unavailable', `${path} ${why}. Mend it, or set SPEKA_ADMIN_TOKEN.`, { cause })
