import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { createKeyRecord } from '../keys/create-key.ts'
import { moment, oneOf, word } from './fields.ts'
import { keyView, type NewKeyView } from './key-view.ts'
import { operation } from './operation.ts'

/** Makes a virtual key. The key itself is in what is returned here, and nowhere else. */
export const createKey = operation({
  right: 'keys.write',
  input: z.strictObject({
    name: word,
    /** A `test` key reaches only the sandbox. */
    mode: oneOf(['live', 'test']).default('live'),
    /** Globs of the models it may use. Default: all. */
    models: z.array(word, { error: 'must be a list of model ids or globs' }).optional(),
    /** Default: never. */
    expires_at: moment.optional(),
  }),
  async run({ store, pepper, now }, { name, mode, models, expires_at: expiresAt }): Promise<NewKeyView> {
    const at = now()
    if (expiresAt !== undefined && expiresAt <= at)
      throw new SpekaError('invalid_value', 'expires_at is in the past.', { param: 'expires_at' })
    const { key, record } = createKeyRecord({ name, mode, models, expiresAt }, await pepper(), at)
    await store.keys.insert(record)
    return { key, ...keyView(record, at) }
  },
})
