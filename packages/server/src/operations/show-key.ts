import { z } from 'zod'
import { id } from './fields.ts'
import { keyView, viewKey } from './key-view.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'

/** One virtual key. @throws SpekaError `key_not_found` */
export const showKey = operation({
  right: 'keys.read',
  input: z.strictObject({ id }),
  output: keyView,
  run: async (parts, { id }, actor) => viewKey(parts, await findOwn(parts, actor, 'key', id)),
})
