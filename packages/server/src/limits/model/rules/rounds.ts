import type { Life } from './life.ts'
import type { BudgetId, Holder, OwnerId, RecallAnswer } from './messages.ts'
import type { Waiting } from './waiting.ts'

interface Round {
  readonly number: number
  readonly budget: BudgetId
  readonly waiters: readonly Waiting[]
  /** Who has not answered, and how often the store had heard it then. */
  readonly pending: Map<OwnerId, number>
  open: boolean
}

/** What is known of a holder that has not answered. */
interface Unheard {
  /** How often the store had heard it when it was asked. */
  readonly heard: number
  /** The last recall that had been sent by then: whoever does not answer a later one either is silent. */
  readonly sent: number
  readonly isSilent: boolean
}

/**
 * Recalls that this owner has sent. Who answers neither of two, one after the other, and was not heard by the store in between, is remembered
 * as silent, and not waited for again until it is heard, here or by the store.
 */
export class Rounds {
  readonly #life: Life
  readonly #done: () => void
  readonly #rounds = new Map<number, Round>()
  readonly #unheard = new Map<OwnerId, Unheard>()
  #sent = 0

  constructor(life: Life, done: () => void) {
    this.#life = life
    this.#done = done
  }

  isSilent({ owner, heard, lost }: Holder): boolean {
    const unheard = this.#unheard.get(owner)
    if (lost || unheard?.isSilent !== true) return lost
    return !this.#life.around.rules['silence-ends-when-heard'] || heard === unheard.heard
  }

  /** Asks every other holder to give back what it has idle. Those that are silent are asked too, and not waited for. */
  start(budget: BudgetId, waiters: readonly Waiting[], holders: readonly Holder[]): void {
    const { owner, around } = this.#life
    const others = holders.filter((holder) => holder.owner !== owner)
    const pending = new Map(others.filter((one) => !this.isSilent(one)).map((one) => [one.owner, one.heard]))
    const round: Round = { number: ++this.#sent, budget, waiters, pending, open: pending.size > 0 }
    const id = owner * 1_000_000 + round.number
    this.#rounds.set(id, round)
    if (round.open) {
      for (const one of waiters) {
        one.rounds += 1
        one.state = 'recalling'
      }
    }
    for (const other of others) around.recall(other.owner, { id, from: owner, budget })
    if (round.open) around.after(around.timing.recallTimeout, () => this.#giveUp(round))
  }

  heard({ recall, owner, says, number }: RecallAnswer): void {
    this.#unheard.delete(owner)
    const round = this.#rounds.get(recall.id)
    if (round === undefined) return
    for (const { answers } of round.waiters) {
      const said = answers.get(round.budget) ?? new Map<OwnerId, RecallAnswer>()
      const before = said.get(owner)
      if (before === undefined || before.recall.id <= recall.id) said.set(owner, { recall, owner, says, number })
      answers.set(round.budget, said)
    }
    round.pending.delete(owner)
    if (round.pending.size === 0) this.#close(round)
  }

  #giveUp(round: Round): void {
    if (round.open) for (const [owner, heard] of round.pending) this.#miss(owner, heard, round)
    this.#close(round)
  }

  #miss(owner: OwnerId, heard: number, round: Round): void {
    const before = this.#unheard.get(owner)
    if (before?.heard !== heard) this.#unheard.set(owner, { heard, sent: this.#sent, isSilent: false })
    else if (round.number > before.sent) this.#unheard.set(owner, { ...before, isSilent: true })
  }

  #close(round: Round): void {
    if (!round.open) return
    round.open = false
    for (const one of round.waiters) {
      one.rounds -= 1
      if (one.rounds === 0 && one.state === 'recalling') one.state = 'ready'
    }
    this.#done()
  }
}
