import type { Budgets, LeaseCall, LeaseReply, Shortage } from '@speka/core/internal'
import { picoUsd } from '@speka/core'
import type { Amount, Ask, BudgetId, Denied, Leased, OwnerId, Reply, Want } from '../rules/messages.ts'
import type { Between } from './between.ts'
import type { Caps } from './caps.ts'

/** The model's store, as the admission sees one. What was said of budgets that a call does not name is said again here. */
export class ModelBudgets implements Budgets {
  readonly trusted: () => boolean
  readonly #owner: OwnerId
  readonly #ask: (ask: Ask, heard: (reply: Reply) => void) => void
  readonly #caps: Caps
  readonly #between: Between
  readonly #has = new Map<BudgetId, Amount>()
  readonly #grants = new Map<BudgetId, number>()
  #last = 0

  constructor(
    owner: OwnerId,
    ask: (ask: Ask, heard: (reply: Reply) => void) => void,
    trusted: () => boolean,
    caps: Caps,
    between: Between,
  ) {
    this.#owner = owner
    this.#ask = ask
    this.trusted = between.alwaysTrusts === true ? () => true : trusted
    this.#caps = caps
    this.#between = between
  }

  exchange(said: LeaseCall): Promise<LeaseReply> {
    const call = this.#between.call?.(said) ?? said
    this.#last = call.number
    const gives = new Map<BudgetId, Amount>()
    for (const { budget, granted } of call.has) {
      const before = this.#has.get(budget.id) ?? 0
      if (before > Number(granted)) gives.set(budget.id, before - Number(granted))
      this.#has.set(budget.id, Number(granted))
    }
    const has = new Map(this.#has)
    const ask: Ask = { kind: 'lease', owner: this.#owner, call: call.number, has, gives, wants: wantsOf(call) }
    return new Promise((resolve) =>
      this.#ask(ask, (reply) => {
        if (reply.kind !== 'leased') return
        const told = this.#replyOf(reply, call)
        for (const { budgetId, grants } of told.has) this.#grants.set(budgetId, grants)
        resolve(this.#between.reply?.(told) ?? told)
      }),
    )
  }

  /** The number of the last grant that was told. */
  grantsOf(budget: BudgetId): number {
    return this.#grants.get(budget) ?? 0
  }

  standing(): Promise<never> {
    return Promise.reject(new Error('nobody asks'))
  }

  #replyOf({ granted, numbers, denied }: Leased, call: LeaseCall): LeaseReply {
    if (call.number === this.#last) for (const [id, amount] of granted) this.#has.set(id, amount)
    return {
      owner: this.#owner,
      has: [...granted].map(([budgetId, amount]) => ({
        budgetId,
        budgetNumber: this.#caps.numberOf(budgetId),
        granted: picoUsd(BigInt(amount)),
        grants: numbers.get(budgetId) ?? 0,
        recalled: picoUsd(0n),
      })),
      shortages: call.wants.map((want, place) => {
        const one = denied.find(({ request }) => request === String(place))
        return one === undefined ? undefined : this.#shortages(one, want)
      }),
    }
  }

  #shortages({ budgets }: Denied, { lacks }: LeaseCall['wants'][number]): Shortage[] {
    return lacks.flatMap(({ budget, amount }) => {
      const { room = 0, holders = [] } = budgets.get(budget.id) ?? {}
      if (BigInt(room) >= amount) return []
      const others = holders.filter(({ owner }) => owner !== this.#owner)
      return [
        {
          budgetId: budget.id,
          room: picoUsd(BigInt(room)),
          holders: others.map(({ owner, left, number, heard }) => ({
            owner,
            left: picoUsd(BigInt(left)),
            grants: number,
            heard,
          })),
        },
      ]
    })
  }
}

const wantsOf = ({ wants }: LeaseCall): Want[] =>
  wants.map(({ lacks }, place) => ({
    request: String(place),
    lacks: new Map(lacks.map(({ budget, amount }) => [budget.id, Number(amount)])),
  }))
