import type { RateAnswer, RateLine, RateReturn, RateWant } from '@speka/core/internal'
import type { RatePeer } from './rate-messages.ts'

interface Asked {
  readonly resolve: (answers: readonly RateAnswer[]) => void
  readonly reject: (error: Error) => void
}

/** How a worker reaches the supervisor, which hands out the slots of all rates. */
export class SupervisedRateLine implements RateLine {
  readonly #supervisor: RatePeer
  readonly #asked = new Map<number, Asked>()
  #last = 0
  #returned: RateReturn[] = []

  constructor(supervisor: RatePeer) {
    this.#supervisor = supervisor
    supervisor.hear((message) => {
      if (!('spekaRatesAnswered' in message)) return
      this.#asked.get(message.spekaRatesAnswered)?.resolve(message.answers)
      this.#asked.delete(message.spekaRatesAnswered)
    })
  }

  ask(wants: readonly RateWant[]): Promise<readonly RateAnswer[]> {
    // What is returned may be what is asked for.
    this.#sendReturned()
    this.#last += 1
    const number = this.#last
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject })
      this.#supervisor.send({ spekaRates: number, wants }, (error) => {
        this.#asked.delete(number)
        reject(error)
      })
    })
  }

  /** What a turn of the event loop returns goes in one message. */
  tell(returned: readonly RateReturn[]): void {
    if (this.#returned.length === 0) setImmediate(() => this.#sendReturned())
    this.#returned.push(...returned)
  }

  #sendReturned(): void {
    if (this.#returned.length === 0) return
    const spekaRatesReturned = this.#returned
    this.#returned = []
    // Should the supervisor be gone, so is this process, soon.
    this.#supervisor.send({ spekaRatesReturned }, () => {})
  }
}
