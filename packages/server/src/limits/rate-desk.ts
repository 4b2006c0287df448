import type { RateAuthority } from '@speka/core/internal'
import type { RatePeer } from './rate-messages.ts'

/** The supervisor's part in rates: every worker asks it, so that all keep one rate. */
export class RateDesk {
  readonly #open: () => RateAuthority
  #authority: RateAuthority | undefined
  readonly #owners = new Map<RatePeer, number>()
  #last = 0

  /** @param open makes the authority when it is first asked: by then the data folder is there. */
  constructor(open: () => RateAuthority) {
    this.#open = open
  }

  join(worker: RatePeer): void {
    this.#last += 1
    const owner = this.#last
    this.#owners.set(worker, owner)
    worker.hear((message) => {
      const authority = (this.#authority ??= this.#open())
      if ('spekaRates' in message) {
        const answers = authority.answer(owner, message.wants)
        worker.send({ spekaRatesAnswered: message.spekaRates, answers }, () => {})
      } else if ('spekaRatesReturned' in message) authority.hear(owner, message.spekaRatesReturned)
    })
  }

  /** It has ended: nothing of it is under way any more. */
  leave(worker: RatePeer): void {
    const owner = this.#owners.get(worker)
    this.#owners.delete(worker)
    if (owner !== undefined) this.#authority?.forget(owner)
  }
}
