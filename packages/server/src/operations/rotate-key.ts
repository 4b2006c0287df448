import { SpekaError } from '@speka/core'
import { createKeyRecord } from '../keys/create-key.ts'
import { findKey, whichKey } from './find-key.ts'
import { keyView, type NewKeyView } from './key-view.ts'
import { operation } from './operation.ts'

/**
 * Replaces a virtual key by a new one with its name, mode, models and end; then the old one stops.
 *
 * @throws SpekaError `key_not_found`; `invalid_value` when it is revoked already.
 */
export const rotateKey = operation({
  right: 'keys.write',
  input: whichKey,
  async run({ store, pepper, now }, { id }): Promise<NewKeyView & { readonly replaces: string }> {
    const old = await findKey(store.keys, id)
    if (old.revokedAt !== undefined)
      throw new SpekaError(
        'invalid_value',
        `${old.id} is revoked already. Make a new key: speka keys create --name NAME`,
      )
    const wanted = { name: old.name, mode: old.mode, models: old.limits.models, expiresAt: old.expiresAt }
    const at = now()
    const { key, record } = createKeyRecord(wanted, await pepper(), at)
    await store.keys.insert(record)
    await store.keys.revoke(old.id, now())
    return { key, ...keyView(record, at), replaces: old.id }
  },
})
