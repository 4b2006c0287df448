import type { OpenedId } from '../sealed-id.ts'
import type { CallFacts } from './call-facts.ts'

type Asker = Pick<CallFacts, 'account' | 'keyId' | 'idSeal'>

/** For whom an upstream keeps what is made for a call: its account. A gateway in process has one alone. */
export const keptFor = ({ account = '' }: Pick<CallFacts, 'account'>): string => `account ${account}`

/**
 * Where that is which an id was sealed for.
 *
 * @param kind what such things are called in ids: `resp`.
 * @returns `undefined` for an id that leads nowhere, or that is another account's.
 */
export function openKept(kind: string, asker: Asker, sealed: string): OpenedId | undefined {
  const { idSeal, keyId = '' } = asker
  // Ids of before belong to the key that they were made with: they are good for as long as upstreams keep things.
  return idSeal?.open(kind, keptFor(asker), sealed) ?? idSeal?.open(kind, keyId, sealed)
}
