import { z } from 'zod'
import { keyView, type KeyView } from './key-view.ts'
import { operation } from './operation.ts'

/** Every virtual key, revoked ones too, oldest first. */
export const listKeys = operation({
  right: 'keys.read',
  input: z.strictObject({}),
  async run({ store, now }): Promise<KeyView[]> {
    const at = now()
    return (await store.keys.list()).map((record) => keyView(record, at))
  },
})
