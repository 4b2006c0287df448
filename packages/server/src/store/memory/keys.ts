import { SpekaError } from '@speka/core'
import type { KeyRecord, KeyStore } from '../store.ts'
import { compare } from './compare.ts'
import type { Use } from './use.ts'

/** Virtual keys in a map. */
export function memoryKeys(use: Use): KeyStore {
  const keys = new Map<string, KeyRecord>()
  let version = 0
  return {
    insert: (key) =>
      use(() => {
        if ([...keys.values()].some(({ id, digest }) => id === key.id || digest === key.digest)) {
          throw new SpekaError('invalid_value', 'A key with this id or digest exists already.')
        }
        keys.set(key.id, key)
        version += 1
      }),

    list: () => use(() => [...keys.values()].sort((a, b) => a.createdAt - b.createdAt || compare(a.id, b.id))),

    findByDigest: (digest) => use(() => [...keys.values()].find((key) => key.digest === digest)),

    revoke: (id, at) =>
      use(() => {
        const key = keys.get(id)
        if (key === undefined || key.revokedAt !== undefined) return key
        const revoked = { ...key, revokedAt: at }
        keys.set(id, revoked)
        version += 1
        return revoked
      }),

    version: () => use(() => version),
  }
}
