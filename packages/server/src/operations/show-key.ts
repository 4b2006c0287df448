import { findKey, whichKey } from './find-key.ts'
import { keyView, type KeyView } from './key-view.ts'
import { operation } from './operation.ts'

/** One virtual key. @throws SpekaError `key_not_found` */
export const showKey = operation({
  right: 'keys.read',
  input: whichKey,
  run: async ({ store, now }, { id }): Promise<KeyView> => keyView(await findKey(store.keys, id), now()),
})
