import type { Clock } from './clock.ts'
import { picoUsd, zeroUsd, type PicoUsd } from './money.ts'

/** Money set aside for one call. It ends once, by `settle` or by `release`; whatever comes after is of no effect. */
export interface SetAside {
  /** The most the call may cost. */
  readonly amount: PicoUsd
  /**
   * The call has ended.
   *
   * @param cost what it cost; `undefined` when nobody knows: then all that was set aside counts as spent.
   */
  settle(cost: PicoUsd | undefined): void
  /** The call was not made, or cost nothing. */
  release(): void
  /** Its answer waits for its reader, who may be waiting for another call: it is not sure to end by itself, until `resume`. */
  pause(): void
  resume(): void
}

/**
 * How much a call takes of what is left; `undefined`: that is too little.
 *
 * @param isAlone nothing else is under way, so there will not be more.
 */
export type Choose = (left: PicoUsd, isAlone: boolean) => PicoUsd | undefined

interface Waiting {
  readonly cap: PicoUsd
  readonly choose: Choose
  resolve(aside: SetAside | undefined): void
}

/** So long calls wait for answers that nobody reads, in ms: readers who do something else meanwhile come back sooner. */
const PATIENCE_MS = 1000

/**
 * What a run has spent, and what is set aside for its calls under way. A cap that is looked at before a call and raised after it
 * lets everything through that runs at once; one that sets aside first does not. A call that does not fit beside the others waits
 * until they have given back what they did not need.
 */
export class SpendAccount {
  readonly #clock: Pick<Clock, 'after'> | undefined
  #spent: PicoUsd = zeroUsd
  #held: PicoUsd = zeroUsd
  #underWay = 0
  #paused = 0
  /** In the order in which they came. */
  readonly #waiting: Waiting[] = []
  #stopPatience: (() => void) | undefined

  /** @param clock by which nobody waits for long for paused calls. Default: they are waited for as any other. */
  constructor(clock?: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  get spent(): PicoUsd {
    return this.#spent
  }

  /** Set aside for calls under way. */
  get held(): PicoUsd {
    return this.#held
  }

  /** What of `cap` is neither spent nor set aside; below zero when a call cost more than was set aside for it. */
  leftOf(cap: PicoUsd): PicoUsd {
    return picoUsd(cap - this.#spent - this.#held)
  }

  /** Counts what a call cost that nothing was set aside for. */
  spend(cost: PicoUsd): void {
    this.#spent = picoUsd(this.#spent + cost)
  }

  setAside(amount: PicoUsd): SetAside {
    this.#held = picoUsd(this.#held + amount)
    this.#underWay += 1
    let [over, isPaused] = [false, false]
    const pause = (paused: boolean): void => {
      if (over || paused === isPaused) return
      isPaused = paused
      this.#paused += paused ? 1 : -1
      this.#mindPatience()
    }
    const settle = (cost: PicoUsd | undefined): void => {
      if (over) return
      pause(false)
      over = true
      this.#held = picoUsd(this.#held - amount)
      this.#underWay -= 1
      this.spend(cost ?? amount)
      this.#serve()
    }
    return { amount, settle, release: () => settle(zeroUsd), pause: () => pause(true), resume: () => pause(false) }
  }

  /**
   * Sets aside what a call takes of what is left of a cap: at once, or in its turn when others have given back enough.
   *
   * @param signal the caller has left: it waits no longer.
   * @returns `undefined`: too little is left, and nobody is under way who could give back. Rejects with the signal's reason.
   */
  take(cap: PicoUsd, choose: Choose, signal?: AbortSignal): SetAside | undefined | Promise<SetAside | undefined> {
    if (this.#waiting.length === 0) {
      const amount = choose(this.leftOf(cap), this.#underWay === 0)
      if (amount !== undefined) return this.setAside(amount)
      if (this.#underWay === 0) return undefined
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = this.#waiting.indexOf(waiting)
        if (at !== -1) this.#waiting.splice(at, 1)
        reject(signal?.reason as Error)
        this.#serve()
      }
      const waiting: Waiting = {
        cap,
        choose,
        resolve(aside) {
          signal?.removeEventListener('abort', leave)
          resolve(aside)
        },
      }
      if (signal?.aborted === true) return leave()
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.push(waiting)
      this.#mindPatience()
    })
  }

  /** Those that wait, in their order, as far as there is enough: nobody is overtaken, or the large ones would wait for ever. */
  #serve(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      const amount = next.choose(this.leftOf(next.cap), this.#underWay === 0)
      if (amount === undefined && this.#underWay > 0) break
      this.#waiting.shift()
      next.resolve(amount === undefined ? undefined : this.setAside(amount))
    }
    this.#mindPatience()
  }

  /** Only paused calls are under way: if that goes on, whoever waits for them may be the one for whom they wait. */
  #mindPatience(): void {
    const isStuck = this.#waiting.length > 0 && this.#paused === this.#underWay
    if (!isStuck) {
      this.#stopPatience?.()
      this.#stopPatience = undefined
      return
    }
    this.#stopPatience ??= this.#clock?.after(PATIENCE_MS, () => {
      this.#stopPatience = undefined
      for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
    })
  }
}
