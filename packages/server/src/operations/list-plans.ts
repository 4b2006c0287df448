import { formatUsd } from '@speka/core'
import { z } from 'zod'
import { operation } from './operation.ts'

/** What can be subscribed to. */
export const planView = z.object({
  id: z.string(),
  /** Charged each month whatever is used, in US dollars. */
  monthly_usd: z.string(),
  /** Usage that the monthly price already pays for, in US dollars. */
  included_usd: z.string(),
  /** Over all keys of the account; `null`: any number. */
  requests_per_minute: z.number().nullable(),
  /** How many virtual keys it may have; `null`: any number. */
  keys: z.number().nullable(),
  /** What happens beyond the included usage: requests stop, or are billed. */
  overage: z.enum(['stop', 'bill']),
  features: z.array(z.string()).readonly(),
})

/** The plans there are, in the order of the configuration. Whether one is taken or given is for others to say. */
export const listPlans = operation({
  right: 'accounts.read',
  input: z.strictObject({}),
  output: z.array(planView),
  run: async ({ plans }) =>
    [...(await plans()).plans.values()].map((plan) => ({
      id: plan.id,
      monthly_usd: formatUsd(plan.monthlyPrice),
      included_usd: formatUsd(plan.includedUsage),
      requests_per_minute: plan.requestsPerMinute ?? null,
      keys: plan.keys ?? null,
      overage: plan.overage,
      features: plan.features ?? [],
    })),
})
