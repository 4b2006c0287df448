import type { Holder, OwnerId, RecallAnswer, RecallLine } from '../budgets.ts'
import type { Waiting } from './waiting.ts'

interface Round {
  readonly number: number
  readonly budgetId: string
  readonly waiters: readonly Waiting[]
  /** Whose answers are waited for. */
  readonly pending: Set<OwnerId>
}

/** What is known of a holder that has not answered. */
interface Unheard {
  /** How often the store had heard it when it was asked. */
  readonly heard: number
  /** The last round that had begun by then: whoever does not answer a later one either is silent. */
  readonly round: number
  readonly isSilent: boolean
}

/**
 * Recalls that this process has sent. Who answers neither of two, one after the other, and was not heard by the store in between, is remembered
 * as silent, and not waited for again until it is heard, here or by the store.
 */
export class RecallRounds {
  readonly #line: RecallLine
  readonly #done: () => void
  readonly #unheard = new Map<OwnerId, Unheard>()
  /** Recalls without an answer yet: nobody who is silent is asked twice at a time. */
  readonly #unanswered = new Map<string, number>()
  #last = 0

  /** @param done - All are answered, or silent, for somebody who waits. */
  constructor(line: RecallLine, done: () => void) {
    this.#line = line
    this.#done = done
  }

  readonly isSilent = ({ owner, heard }: Holder): boolean => {
    const unheard = this.#unheard.get(owner)
    return unheard?.isSilent === true && unheard.heard === heard
  }

  /** Asks holders to give back what they have idle. Those that are silent are asked too, and not waited for. */
  start(budgetId: string, waiters: readonly Waiting[], holders: readonly Holder[]): void {
    const awaited = holders.filter((holder) => !this.isSilent(holder))
    const round: Round = {
      number: ++this.#last,
      budgetId,
      waiters,
      pending: new Set(awaited.map(({ owner }) => owner)),
    }
    if (awaited.length > 0) {
      for (const one of waiters) {
        one.rounds += 1
        one.state = 'recalling'
      }
    }
    for (const holder of holders) this.#ask(holder, round)
  }

  #ask(holder: Holder, round: Round): void {
    const { owner } = holder
    const place = `${owner} ${round.budgetId}`
    const before = this.#unanswered.get(place) ?? 0
    if (before > 0 && !round.pending.has(owner)) return
    this.#unanswered.set(place, before + 1)
    const ended = (answer: RecallAnswer | undefined): void => {
      const others = (this.#unanswered.get(place) ?? 1) - 1
      if (others > 0) this.#unanswered.set(place, others)
      else this.#unanswered.delete(place)
      this.#hear(holder, round, answer)
    }
    this.#line.recall(owner, round.budgetId).then(ended, () => ended(undefined))
  }

  /** A holder that is busy answers late: that the store hears of it, which is once a second, shows that it is there. */
  #miss({ owner, heard }: Holder, round: Round): void {
    const before = this.#unheard.get(owner)
    if (before?.heard !== heard) this.#unheard.set(owner, { heard, round: this.#last, isSilent: false })
    else if (round.number > before.round) this.#unheard.set(owner, { ...before, isSilent: true })
  }

  #hear(holder: Holder, round: Round, answer: RecallAnswer | undefined): void {
    const { owner } = holder
    if (answer === undefined) this.#miss(holder, round)
    else {
      this.#unheard.delete(owner)
      for (const one of round.waiters) one.hear(round.budgetId, owner, { round: round.number, answer })
    }
    if (round.pending.delete(owner) && round.pending.size === 0) this.#close(round)
  }

  #close({ waiters }: Round): void {
    for (const one of waiters) {
      one.rounds -= 1
      if (one.rounds === 0 && one.state === 'recalling') one.state = 'ready'
    }
    this.#done()
  }
}
