import { SpekaError } from '@speka/core'
import type { Registry } from '../store/registry.ts'
import { withVersion, type PlanPrice } from './plan-versions.ts'

/** How often a change is tried that others are in the way of: other processes make the same one at the same time. */
const MOST_TRIES = 5

/**
 * Keeps what plans cost and include from now on, where that is another than before: a month is charged by what was in force in it,
 * whatever the configuration says when its invoice is made.
 *
 * @param plans by name, as the configuration has them
 * @param now in ms since the epoch
 */
export async function keepPlanVersions(
  registry: Registry,
  plans: ReadonlyMap<string, PlanPrice>,
  now: number,
): Promise<void> {
  for (const [id, price] of plans) await keepVersion(registry, { id, price, now })
}

async function keepVersion(
  registry: Registry,
  plan: { readonly id: string; readonly price: PlanPrice; readonly now: number },
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const before = await registry.get('plan', plan.id)
    const after = withVersion(before?.record, plan)
    if (after === undefined) return
    const by = { at: plan.now, actor: 'operator:configuration', action: 'plan.change' }
    try {
      await registry.change([{ kind: 'plan', before, after }], by)
      return
    } catch (error) {
      // `invalid_value`: a new record that another process has made a moment before.
      const isDisturbed = SpekaError.is(error) && (error.code === 'conflict' || error.code === 'invalid_value')
      if (!isDisturbed || tries === MOST_TRIES) throw error
    }
  }
}
