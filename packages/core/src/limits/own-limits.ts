import type { Clock } from '../clock.ts'
import type { Call } from '../operations/call.ts'
import type { Budgets } from './budgets.ts'
import { readLimits, type GatewayLimit } from './gateway-limit.ts'
import { createAdmission } from './leases/lease-admission.ts'
import type { EngineLimits } from './limit-layers.ts'
import { showBudget, showRate, standingsOf, type LimitStanding } from './limit-standing.ts'
import { ownBudgets } from './memory-budgets.ts'
import { OwnBook } from './own-book.ts'
import { LocalRates } from './rates/local-rates.ts'
import { RateCounts } from './rates/rate-counts.ts'
import { unreachedLine } from './unreached-line.ts'

/** What limits the calls of a gateway in this process, by the admission that the server has, in memory. */
export interface OwnLimits extends EngineLimits {
  /**
   * Where the limits stand, money first.
   *
   * @param customer whose own limits are told as well. Default: nobody's.
   */
  standings(customer?: string): Promise<LimitStanding[]>
}

/**
 * @param modelsOf the ids of the models that may answer a call, the one asked for first.
 * @throws RangeError for a limit that makes no sense.
 */
export function ownLimits(
  given: readonly GatewayLimit[],
  clock: Clock,
  modelsOf: (call: Call) => readonly string[],
): OwnLimits {
  const book = new OwnBook(readLimits(given), modelsOf)
  const budgets = ownBudgets()
  const admission = createAdmission({ budgets, line: unreachedLine, clock })
  const rates = new LocalRates({ counts: new RateCounts(), now: () => clock.monotonic() })
  /** What is set aside is known here, and the store hears of it only now and then. */
  const known: Pick<Budgets, 'standing'> = {
    standing: async (asked) =>
      (await budgets.standing(asked)).map(({ spent }, index) => ({
        spent,
        held: admission.held(asked[index]?.id ?? ''),
      })),
  }
  return {
    book,
    admission,
    rates,
    notices: {
      // Here rather than in a front: whoever starts calls by the engine has them counted too.
      spent(counted, charge) {
        const numbers = admission.numbers(counted)
        // Of what a row counts in the number is known: it has just said so.
        if (!(numbers instanceof Promise)) budgets.settled({ budgets: numbers, charge })
      },
      refused() {},
    },
    async standings(customer) {
      const applied = book.appliedToAll(customer)
      if (applied === undefined) return []
      const now = clock.now()
      const { money, rates: standings } = await standingsOf(applied, { budgets: known, rates }, now)
      return [...money.map(showBudget), ...standings.map((standing) => showRate(standing, now))]
    },
  }
}
