import { picoUsd, SpekaError, type PicoUsd } from '@speka/core'
import { configuredKeysOf, termsFor } from '../billing/billing-in-force.ts'
import { creditAt } from '../billing/credit-at.ts'
import { allowanceOf } from '../billing/fee-lines.ts'
import { partsOfMonth } from '../billing/plan-parts.ts'
import { parseSignedUsd } from '../billing/signed-usd.ts'
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
  const { registry } = store
  const at = now()
  const of = { account: id }
  const account = (await registry.get('account', id))?.record
  if (account === undefined) return undefined
  const [inForce, grants, adjustments, keys] = await Promise.all([
    inForceOf(parts),
    registry.list('grant', of),
    registry.list('adjustment', of),
    registry.list('key', of),
  ])
  const tests = keys.filter(({ record }) => record.mode === 'test').map(({ record }) => record.id)
  const question = {
    account: id,
    grants: grants.map(({ record }) => record),
    allowanceOf(month: string) {
      const { plans, configuredPlan } = termsFor(inForce, account, month, at)
      return allowanceOf(partsOfMonth(account, month, plans, configuredPlan), month)
    },
    correctionsOf: (month: string) =>
      picoUsd(
        adjustments
          .filter(({ record }) => record.kind === 'usage' && record.month === month)
          .reduce((sum, { record }) => sum + parseSignedUsd(record.usd), 0n),
      ),
    at,
    withoutKeys: new Set([...configuredKeysOf(inForce, account).testKeys, ...tests]),
  }
  const { left } = await creditAt(store, question)
  return new Map(left.map((one) => [one.grant.id, one.left]))
}
