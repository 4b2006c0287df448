import type { OwnerId, RecallAnswer } from '@speka/core/internal'
import type { RecallPeer } from './recall-messages.ts'

/** A recall that was passed on. */
interface PassedOn {
  readonly to: RecallPeer
  readonly answer: (answer: RecallAnswer | null) => void
}

/** How many may be without an answer: who asks waits a second at most, so the first are long forgotten by then. */
const MOST_OPEN = 10_000

/** The supervisor's part in recalls: it knows which of its workers settles under which id, and passes on what they say. */
export class RecallRelay {
  readonly #owners = new Map<OwnerId, RecallPeer>()
  readonly #open = new Map<number, PassedOn>()
  #last = 0

  /** Takes a worker in, whoever it settles as. */
  join(worker: RecallPeer): void {
    worker.hear((message) => {
      if ('spekaOwner' in message) this.#owners.set(message.spekaOwner, worker)
      else if ('spekaRecalled' in message) this.#open.get(message.spekaRecalled)?.answer(message.answer)
      else this.#passOn(worker, message)
    })
  }

  /** It is gone: whoever waits for it waits no longer. */
  leave(worker: RecallPeer): void {
    for (const [owner, peer] of this.#owners) if (peer === worker) this.#owners.delete(owner)
    for (const { to, answer } of this.#open.values()) if (to === worker) answer(null)
  }

  #passOn(
    from: RecallPeer,
    { spekaRecalls, owner, budgetId }: { spekaRecalls: number; owner: OwnerId; budgetId: string },
  ): void {
    const answerTo = (answer: RecallAnswer | null): void => from.send({ spekaRecalled: spekaRecalls, answer }, () => {})
    const to = this.#owners.get(owner)
    if (to === undefined) return answerTo(null)
    this.#last += 1
    const number = this.#last
    const answer = (said: RecallAnswer | null): void => {
      if (this.#open.delete(number)) answerTo(said)
    }
    this.#open.set(number, { to, answer })
    const [oldest] = this.#open.keys()
    if (oldest !== undefined && this.#open.size > MOST_OPEN) this.#open.delete(oldest)
    to.send({ spekaRecalls: number, owner, budgetId }, () => answer(null))
  }
}
