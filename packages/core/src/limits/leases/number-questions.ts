import { SpekaError } from '../../errors.ts'
import type { Clock } from '../../clock.ts'
import type { LocalLease } from './local-lease.ts'

interface Question {
  readonly leases: readonly LocalLease[]
  readonly answer: (numbers: readonly number[]) => void
  readonly stopWaiting: () => void
}

/** Who waits to hear by which numbers rows say that they count in budgets. */
export class NumberQuestions {
  readonly #clock: Clock
  readonly #open = new Set<Question>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Of which no call has told the number yet. */
  get unknown(): LocalLease[] {
    const asked = [...this.#open].flatMap(({ leases }) => leases)
    return [...new Set(asked)].filter(({ budgetNumber }) => budgetNumber === undefined)
  }

  /** Resolves when a call has been answered that was about them. */
  ask(leases: readonly LocalLease[], waitMs: number): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      for (const lease of leases) lease.waiting += 1
      const stopWaiting = this.#clock.after(waitMs, () => {
        this.#end(question)
        reject(
          new SpekaError(
            'storage_unavailable',
            'The store did not tell in which budgets the request counts. Try again.',
          ),
        )
      })
      const question: Question = { leases, answer: resolve, stopWaiting }
      this.#open.add(question)
    })
  }

  /** A call has been answered. */
  answer(): void {
    for (const question of this.#open) {
      const numbers = knownNumbers(question.leases)
      if (numbers === undefined) continue
      this.#end(question)
      question.answer(numbers)
    }
  }

  #end(question: Question): void {
    this.#open.delete(question)
    question.stopWaiting()
    for (const lease of question.leases) lease.waiting -= 1
  }
}

/** `undefined` when one of them is not known. */
export function knownNumbers(leases: readonly LocalLease[]): number[] | undefined {
  const numbers = leases.map(({ budgetNumber }) => budgetNumber)
  return numbers.every((number) => number !== undefined) ? numbers : undefined
}
