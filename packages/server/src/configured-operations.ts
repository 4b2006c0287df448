import type { Config } from './config/load-config.ts'
import { configuredKeyNames, unmarkedTestKeys } from './keys/configured-key.ts'
import type { Collector } from './operations/collector.ts'
import type { PlansInForce } from './operations/plans.ts'

/** What a configuration says of plans, for operations. */
export const plansInForce = ({ plans, planOf, keys, billing }: Config): PlansInForce => ({
  plans,
  planOf,
  configuredKeys: keys.length,
  billing,
  keys: {
    names: configuredKeyNames(keys),
    testKeys: unmarkedTestKeys(keys),
  },
})

/** Who takes payments by a configuration; `undefined`: nobody. @throws SettingsError when they cannot be used. */
export async function collectorIn({ billing }: Config): Promise<Collector | undefined> {
  if (billing?.stripe === undefined) return undefined
  const { openStripe } = await import('./payments/stripe/open-stripe.ts')
  const { graceDays, stripe } = billing
  return { provider: await openStripe(stripe), graceDays, firstMonth: stripe.firstMonth }
}
