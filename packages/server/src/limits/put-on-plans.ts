import { SpekaError } from '@speka/core'
import type { Registry } from '../store/registry.ts'

/** How often a change is tried that others are in the way of: other processes make the same one at the same time. */
const MOST_TRIES = 5

/**
 * Puts accounts on the plans that the configuration says, so that they are shown as they are.
 *
 * @returns accounts that there are not.
 */
export async function putOnPlans(
  registry: Registry,
  planOf: ReadonlyMap<string, string>,
  now: number,
): Promise<string[]> {
  const unknown: string[] = []
  for (const [account, plan] of planOf) if (!(await putOn(registry, account, plan, now))) unknown.push(account)
  return unknown
}

async function putOn(registry: Registry, account: string, plan: string, now: number): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const before = await registry.get('account', account)
    if (before === undefined) return false
    if (before.record.plan === plan) return true
    const by = { at: now, actor: 'operator:configuration', action: 'account.plan' }
    try {
      await registry.change([{ kind: 'account', before, after: { ...before.record, plan } }], by)
      return true
    } catch (error) {
      if (!SpekaError.is(error) || error.code !== 'conflict' || tries === MOST_TRIES) throw error
    }
  }
}
