import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { word } from './fields.ts'

/** Which key an operation is about. */
export const whichKey = z.strictObject({ id: word })

/** @throws SpekaError `key_not_found` */
export async function findKey(keys: KeyStore, id: string): Promise<KeyRecord> {
  const record = (await keys.list()).find((key) => key.id === id)
  if (record === undefined)
    throw new SpekaError('key_not_found', `There is no key "${id}". "speka keys list" shows the keys there are.`)
  return record
}
