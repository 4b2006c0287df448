import { SpekaError } from '@speka/core'
import type { Config } from './config/load-config.ts'
import { changePlan } from './operations/change-account.ts'
import type { OperationParts } from './operations/operation.ts'
import { paymentsActor } from './payments/change-by.ts'
import type { Store } from './store/store.ts'
import type { Log } from './telemetry/log.ts'

interface PlanParts {
  readonly store: Store
  readonly config: () => Pick<Config, 'plans' | 'planOf' | 'keys'>
  readonly log: Log
}

/**
 * Puts accounts on the plans that they take where payments are taken, as `speka accounts plan` does. What an operator has to
 * look at, such as a plan that has gone from the configuration meanwhile, is told and left: to be told again mends nothing.
 */
export function putOnPlanBy({ store, config, log }: PlanParts) {
  const parts: OperationParts = {
    store,
    pepper: () => Promise.reject(new TypeError('no key is made here')),
    now: Date.now,
    plans: async () => {
      const { plans, planOf, keys } = config()
      return { plans, planOf, configuredKeys: keys.length }
    },
  }
  return async (account: string, plan: string): Promise<void> => {
    try {
      await changePlan(parts, paymentsActor, { id: account, plan })
    } catch (error) {
      if (!SpekaError.is(error) || error.code !== 'invalid_value') throw error
      log.pino.error(
        { account, plan },
        `an account stays on the plan it has, and should be on another: ${error.message}`,
      )
    }
  }
}
