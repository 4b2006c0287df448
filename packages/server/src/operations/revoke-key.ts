import { findKey, whichKey } from './find-key.ts'
import { keyView, type KeyView } from './key-view.ts'
import { operation } from './operation.ts'

/**
 * Stops a virtual key for good: running servers refuse it within a second. A second call changes nothing.
 *
 * @throws SpekaError `key_not_found`
 */
export const revokeKey = operation({
  right: 'keys.write',
  input: whichKey,
  async run({ store, now }, { id }): Promise<KeyView> {
    const known = await findKey(store.keys, id)
    const at = now()
    return keyView((await store.keys.revoke(known.id, at)) ?? known, at)
  },
})
