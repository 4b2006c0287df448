import { picoUsd } from '../../money.ts'
import type {
  Budget,
  Budgets,
  Holder,
  HoldingProcess,
  Lease,
  LeaseCall,
  LeaseReply,
  RecallAnswer,
  RecallLine,
  Shortage,
} from '../budgets.ts'

/** One limit of so many pico-dollars on a key, in a window of a day. */
export function budgetOf(id: string, cap = 100, revision = 1, endsAt = Date.UTC(2026, 0, 2)): Budget {
  const rule = { kind: 'usd', amount: picoUsd(BigInt(cap)), window: 'day' } as const
  const limit = {
    id,
    subject: { kind: 'key', id, account: 'default' },
    rule,
    onReached: 'stop',
    since: 0,
    revision,
  } as const
  return { id, applied: { limit, place: id, subjectId: id }, startsAt: Date.UTC(2026, 0, 1), endsAt, cap: rule.amount }
}

interface Asked {
  readonly call: LeaseCall
  answer(reply: Partial<LeaseReply>): Promise<void>
  fail(): Promise<void>
}

/** A store that a test answers for, call by call. */
export class BudgetsByHand implements Budgets {
  readonly asked: Asked[] = []
  isTrusted = true
  process: HoldingProcess | undefined

  trusted = (): boolean => this.isTrusted

  exchange(call: LeaseCall): Promise<LeaseReply> {
    const { promise, resolve, reject } = Promise.withResolvers<LeaseReply>()
    this.asked.push({
      call,
      answer(reply) {
        resolve({ owner: 1, has: [], shortages: call.wants.map(() => undefined), ...reply })
        return settle()
      },
      fail() {
        reject(new Error('not carried out'))
        return settle()
      },
    })
    return promise
  }

  asks(process: HoldingProcess): void {
    this.process = process
  }

  standing(): Promise<never> {
    throw new Error('nobody asks')
  }

  get last(): Asked {
    const last = this.asked.at(-1)
    if (last === undefined) throw new Error('nothing was asked')
    return last
  }

  /** What the last call said that it has, by budget. */
  get said(): Record<string, bigint | 'ends'> {
    return Object.fromEntries(
      this.last.call.has.map(({ budget, granted, ends }) => [budget.id, ends === true ? 'ends' : granted]),
    )
  }

  /** What the last call wanted. */
  get wanted(): Record<string, bigint>[] {
    return this.last.call.wants.map(({ lacks }) =>
      Object.fromEntries(lacks.map(({ budget, amount }) => [budget.id, amount])),
    )
  }
}

/** Other processes, for which a test answers. */
export class LineByHand implements RecallLine {
  readonly recalls: { owner: number; budgetId: string; answer: (answer: RecallAnswer | undefined) => Promise<void> }[] =
    []
  readonly owners: number[] = []
  /** Recalls from the process under test, as another would. */
  recallHere: (budgetId: string) => Promise<RecallAnswer> = () => Promise.reject(new Error('not served'))

  recall(owner: number, budgetId: string): Promise<RecallAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<RecallAnswer | undefined>()
    const answer = (said: RecallAnswer | undefined): Promise<void> => {
      resolve(said)
      return settle()
    }
    this.recalls.push({ owner, budgetId, answer })
    return promise
  }

  serve(answer: (budgetId: string) => Promise<RecallAnswer>): void {
    this.recallHere = answer
  }

  known(owner: number): void {
    this.owners.push(owner)
  }
}

export const leaseOf = (budgetId: string, granted: number, grants = 1): Lease => ({
  budgetId,
  budgetNumber: 7,
  granted: picoUsd(BigInt(granted)),
  grants,
  recalled: picoUsd(0n),
})

export const shortageOf = (budgetId: string, room: number, ...holders: Holder[]): Shortage => ({
  budgetId,
  room: picoUsd(BigInt(room)),
  holders,
})

export const holderOf = (owner: number, left: number, grants = 1, heard = 1): Holder => ({
  owner,
  left: picoUsd(BigInt(left)),
  grants,
  heard,
})

/** Long enough for chains of promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await undefined
}
