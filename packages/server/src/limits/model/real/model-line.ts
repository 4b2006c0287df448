import type { Exhausted, RecallAnswer, RecallLine, Refusal } from '@speka/core/internal'
import type { BudgetId, OwnerId, Recall, RecallAnswer as ModelAnswer } from '../rules/messages.ts'
import type { Surroundings } from '../rules/seams.ts'
import type { Between } from './between.ts'

/** The line between owners, by the messages of the model's world. */
export class ModelLine implements RecallLine {
  readonly #owner: OwnerId
  readonly #around: Surroundings
  readonly #between: Between
  readonly #open = new Map<number, (answer: ModelAnswer | undefined) => void>()
  /** By which recall an answer was brought about, for those who look on. */
  readonly #behind = new WeakMap<RecallAnswer, number>()
  #answer: (budgetId: BudgetId) => Promise<RecallAnswer> = () => Promise.reject(new Error('not served'))
  /** What there is of a budget by memory, for who answers too soon. */
  readonly #has: (budget: BudgetId) => { readonly idle: number; readonly grants: number }
  #sent = 0

  constructor(
    owner: OwnerId,
    around: Surroundings,
    between: Between,
    has: (budget: BudgetId) => { readonly idle: number; readonly grants: number },
  ) {
    this.#has = has
    this.#owner = owner
    this.#around = around
    this.#between = between
  }

  recall(to: OwnerId, budget: BudgetId): Promise<RecallAnswer | undefined> {
    const id = this.#owner * 1_000_000 + ++this.#sent
    return new Promise((resolve) => {
      this.#open.set(id, (told) => {
        this.#open.delete(id)
        const heard = told === undefined ? undefined : { said: told.says, grants: told.number }
        const answer = this.#between.answer === undefined ? heard : this.#between.answer(heard, to)
        if (answer !== undefined) this.#behind.set(answer, id)
        resolve(answer)
      })
      this.#around.recall(to, { id, from: this.#owner, budget })
      this.#around.after(this.#around.timing.recallTimeout, () => this.#open.get(id)?.(undefined))
    })
  }

  serve(answer: (budgetId: BudgetId) => Promise<RecallAnswer>): void {
    this.#answer = answer
  }

  known(): void {}

  recalled(recall: Recall): void {
    const tell = ({ said, grants }: RecallAnswer): void => {
      const answer: ModelAnswer = { recall, owner: this.#owner, says: said, number: grants }
      this.#around.tell(this.#owner, { kind: 'answered', answer })
      this.#around.answer(recall.from, answer)
    }
    const tooSoon = this.#between.answersAtOnce === true
    if (tooSoon) {
      const { idle, grants } = this.#has(recall.budget)
      tell({ said: idle > 0 ? 'returned' : 'nothing idle', grants })
    }
    void this.#answer(recall.budget).then((answer) => {
      // The store, which recalls of itself when a cap came down, wants no answer.
      if (recall.from !== 0 && !tooSoon) tell(answer)
    })
  }

  heardAnswer(answer: ModelAnswer): void {
    this.#open.get(answer.recall.id)?.(answer)
  }

  /** Whose answers, to which recalls, a refusal rests on. */
  recallsBehind(refusal: Refusal): Map<OwnerId, number> {
    const behind = new Map<OwnerId, number>()
    if (!isExhausted(refusal)) return behind
    for (const [owner, answer] of refusal.heard) {
      const recall = this.#behind.get(answer)
      if (recall !== undefined) behind.set(owner, recall)
    }
    return behind
  }
}

/** Of those that no memory of an earlier answer has decided, the admission says on whose word they rest. */
const isExhausted = (refusal: Refusal): refusal is Exhausted => 'heard' in refusal
