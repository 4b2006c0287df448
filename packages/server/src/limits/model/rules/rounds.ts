import type { Life } from './life.ts'
import type { BudgetId, Holder, OwnerId, RecallAnswer } from './messages.ts'
import type { Waiting } from './waiting.ts'

interface Round {
  readonly budget: BudgetId
  readonly waiters: readonly Waiting[]
  /** Who has not answered, and how often the store had heard it then. */
  readonly pending: Map<OwnerId, number>
  open: boolean
}

/**
 * Recalls that this owner has sent. Who does not answer is remembered as silent, and not waited for again until it is heard, here or by
 * the store.
 */
export class Rounds {
  readonly #life: Life
  readonly #done: () => void
  readonly #rounds = new Map<number, Round>()
  readonly #silent = new Map<OwnerId, number>()
  #sent = 0

  constructor(life: Life, done: () => void) {
    this.#life = life
    this.#done = done
  }

  isSilent({ owner, heard, lost }: Holder): boolean {
    const before = this.#silent.get(owner)
    if (!this.#life.around.rules['silence-ends-when-heard']) return lost || before !== undefined
    return lost || heard === before
  }

  /** Asks every other holder to give back what it has idle. Those that are silent are asked too, and not waited for. */
  start(budget: BudgetId, waiters: readonly Waiting[], holders: readonly Holder[]): void {
    const { owner, around } = this.#life
    const others = holders.filter((holder) => holder.owner !== owner)
    const pending = new Map(others.filter((one) => !this.isSilent(one)).map((one) => [one.owner, one.heard]))
    const round: Round = { budget, waiters, pending, open: pending.size > 0 }
    const id = owner * 1_000_000 + ++this.#sent
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
    this.#silent.delete(owner)
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
    if (round.open) for (const [owner, heard] of round.pending) this.#silent.set(owner, heard)
    this.#close(round)
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
