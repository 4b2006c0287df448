import type { RecallAnswer } from '../budgets.ts'
import type { LeaseCalls } from './lease-calls.ts'
import type { Purse } from './purse.ts'

/** Somebody else is about to be refused, and asks for what is idle here. */
export interface Recalled {
  readonly budgetId: string
  readonly answer: (answer: RecallAnswer) => void
}

/** What others have recalled from this process, until it is answered: when no call is on its way, and what was idle has arrived. */
export class RecalledHere {
  readonly #purse: Purse
  #open: Recalled[] = []

  constructor(purse: Purse) {
    this.#purse = purse
  }

  /** Whether a call has something to give back. */
  get areDue(): boolean {
    return this.#open.some((recalled) => this.#hasIdle(recalled))
  }

  add(recalled: Recalled, calls: LeaseCalls): void {
    if (!this.#hasIdle(recalled) && calls.areResting) this.#answer(recalled, 'nothing idle')
    else this.#open.push(recalled)
  }

  /** Those that the next call answers by what it gives back. */
  takeDue(): Recalled[] {
    const due = this.#open.filter((recalled) => this.#hasIdle(recalled))
    this.#open = this.#open.filter((recalled) => !due.includes(recalled))
    return due
  }

  /** A call has been answered, and none is on its way. */
  answer(covered: readonly Recalled[], calls: LeaseCalls): void {
    for (const recalled of covered) this.#answer(recalled, 'returned')
    if (!calls.areResting) return
    const nothing = this.#open.filter((recalled) => !this.#hasIdle(recalled))
    this.#open = this.#open.filter((recalled) => !nothing.includes(recalled))
    for (const recalled of nothing) this.#answer(recalled, 'nothing idle')
  }

  #hasIdle({ budgetId }: Recalled): boolean {
    return (this.#purse.find(budgetId)?.idle ?? 0n) > 0n
  }

  #answer({ budgetId, answer }: Recalled, said: RecallAnswer['said']): void {
    answer({ said, grants: this.#purse.find(budgetId)?.grants ?? 0 })
  }
}
