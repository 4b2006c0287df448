import { parseUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import type { LimitBook } from './limit-book.ts'
import type { Admission } from './admission.ts'
import type { EngineLimits } from './limit-layers.ts'
import type { AppliedMoney, Limit, LimitWindow } from './limit.ts'

export interface MoneyLimitMade extends Partial<Omit<Limit, 'rule'>> {
  readonly usd: string
  readonly window?: LimitWindow
}

/** A limit on money, of the key unless it says otherwise. */
export function moneyLimit({ usd, window = 'lifetime', ...more }: MoneyLimitMade): AppliedMoney {
  const id = more.id ?? 'limit'
  return {
    limit: {
      id,
      subject: { kind: 'key', id: 'k1', account: 'default' },
      rule: { kind: 'usd', amount: parseUsd(usd), window },
      onReached: 'stop',
      since: 0,
      revision: 1,
      ...more,
    },
    place: id,
    subjectId: more.subject?.id ?? 'k1',
  }
}

/** The name of a lifetime's budget. */
export const budgetOf = (id: string): string => `${id}@0`

/** Limits on money for every call, or as a function says. */
export function limitedBy(
  money: readonly AppliedMoney[] | ((call: Call) => readonly AppliedMoney[]),
  admission: Admission,
): EngineLimits {
  const book: LimitBook = {
    appliedTo: (call) => ({ money: typeof money === 'function' ? money(call) : money, rates: [] }),
  }
  return {
    book,
    admission,
    rates: { take: () => ({ standings: [], done() {}, giveBack() {} }), standing: () => [], known: () => [] },
  }
}
