import { SpekaError, type PicoUsd } from '@speka/core'
import { readHistory } from '../billing/account-history.ts'
import { configuredKeysOf, termsFor } from '../billing/billing-in-force.ts'
import { creditAt } from '../billing/credit-at.ts'
import { inForceOf } from './billing-month.ts'
import type { OperationParts } from './operation.ts'

/** What is left of grants, by their ids. */
type CreditLeft = ReadonlyMap<string, PicoUsd>

/** What is left of each grant of an account by now; `undefined`: it cannot be known at present. */
export async function creditLeft(parts: OperationParts, account: string): Promise<CreditLeft | undefined> {
  try {
    return await read(parts, account)
  } catch (error) {
    // Old rows are still being added up, or the configuration with the plans cannot be used.
    if (SpekaError.is(error) && UNKNOWN.has(error.code)) return undefined
    throw error
  }
}

const UNKNOWN: ReadonlySet<string> = new Set(['storage_unavailable', 'invalid_request'])

async function read(parts: OperationParts, id: string): Promise<CreditLeft | undefined> {
  const { store, now } = parts
  const at = now()
  const account = (await store.registry.get('account', id))?.record
  if (account === undefined) return undefined
  const inForce = await inForceOf(parts)
  const history = await readHistory(store, account, configuredKeysOf(inForce, account))
  const { left } = await creditAt(store, history, (month) => termsFor(inForce, account, month, at), at)
  return new Map(left.map((one) => [one.grant.id, one.left]))
}
