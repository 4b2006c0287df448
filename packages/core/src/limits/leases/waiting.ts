import type { Clock } from '../../clock.ts'
import type { PicoUsd } from '../../money.ts'
import type { Refusal } from '../admission.ts'
import type { OwnerId, RecallAnswer } from '../budgets.ts'
import type { LocalLease } from './local-lease.ts'

/** What a holder said, to which round. */
export interface Heard {
  readonly round: number
  readonly answer: RecallAnswer
}

/** By budget and owner. */
export type Answers = Map<string, Map<OwnerId, Heard>>

/** How a claim that waits ends. */
export interface WaitEnds {
  /** Its caller has left. */
  readonly signal?: AbortSignal | undefined
  /** Of a request under way that wants more: whether it still is. */
  readonly isWanted?: () => boolean
  /** There is enough: sets it aside. */
  readonly admit: () => void
  readonly refuse: (refusal: Refusal) => void
}

/** A claim for which there was not enough in memory. It sets nothing aside, here or in the store. */
export class Waiting {
  readonly leases: readonly LocalLease[]
  readonly amount: PicoUsd
  /** What each holder said last, to a recall that was sent while this claim waited. */
  readonly answers: Answers = new Map()
  /** What they had said when the last call for it was sent: only that counts in what the call leads to. */
  before: Answers = new Map()
  /** How many rounds of recalls are under way for it. */
  rounds = 0
  /** To go with the next call, gone with one, or waiting for the answers of holders. */
  state: 'ready' | 'asked' | 'recalling' = 'ready'
  isOver = false
  readonly #clock: Clock
  readonly #waitMs: number
  /** When it has waited for as long as anybody does. */
  readonly #atMost: number
  readonly #ends: WaitEnds
  readonly #left: (one: Waiting) => void
  #until: number
  #stopTimer: (() => void) | undefined

  /** What is left cannot be known in its time, or nobody wants to know any more. */
  readonly giveUp = (): void => {
    const [first] = this.leases
    if (first !== undefined) this.refuse({ kind: 'unknown', budget: first.budget })
  }

  readonly #look = (): void => {
    const left = this.#until - this.#clock.monotonic()
    // Sums of times are not exact.
    if (left >= 1) this.#stopTimer = this.#clock.after(left, this.#look)
    else this.giveUp()
  }

  /**
   * @param world.waitMs - For how long it waits without a word of the store.
   * @param world.mostMs - For how long at the most.
   * @param left - Called once, when it waits no longer.
   */
  constructor(
    leases: readonly LocalLease[],
    amount: PicoUsd,
    { clock, waitMs, mostMs }: { clock: Clock; waitMs: number; mostMs: number },
    ends: WaitEnds,
    left: (one: Waiting) => void,
  ) {
    this.leases = leases
    this.amount = amount
    this.#clock = clock
    this.#waitMs = waitMs
    this.#until = clock.monotonic() + waitMs
    this.#atMost = clock.monotonic() + mostMs
    this.#ends = ends
    this.#left = left
    for (const lease of leases) lease.waiting += 1
    this.#stopTimer = clock.after(waitMs, this.#look)
    if (ends.signal?.aborted === true) this.giveUp()
    else ends.signal?.addEventListener('abort', this.giveUp)
  }

  /** It belongs to a request under way. */
  get grows(): boolean {
    return this.#ends.isWanted !== undefined
  }

  get isWanted(): boolean {
    return this.#ends.isWanted?.() ?? true
  }

  /** A process that was stopped hears of what was long ago. */
  get isStale(): boolean {
    return this.#clock.monotonic() > this.#until
  }

  /** The store has answered: it goes on waiting, unless that comes too late. */
  goOn(): void {
    if (!this.isStale) this.#until = Math.min(this.#clock.monotonic() + this.#waitMs, this.#atMost)
  }

  /** Whether every budget has so much idle here. */
  get fits(): boolean {
    return this.leases.every((lease) => lease.fits(this.amount))
  }

  goWithCall(): void {
    this.state = 'asked'
    this.before = new Map([...this.answers].map(([budget, said]) => [budget, new Map(said)]))
  }

  /** The call that it went with has been answered, or will not be. */
  backFromCall(): void {
    if (this.state === 'asked') this.state = 'ready'
  }

  hear(budgetId: string, owner: OwnerId, heard: Heard): void {
    const said = this.answers.get(budgetId) ?? new Map<OwnerId, Heard>()
    const before = said.get(owner)
    if (before === undefined || before.round <= heard.round) said.set(owner, heard)
    this.answers.set(budgetId, said)
  }

  admit(): void {
    if (this.#end()) this.#ends.admit()
  }

  refuse(refusal: Refusal): void {
    if (this.#end()) this.#ends.refuse(refusal)
  }

  #end(): boolean {
    if (this.isOver) return false
    this.isOver = true
    this.#stopTimer?.()
    this.#ends.signal?.removeEventListener('abort', this.giveUp)
    for (const lease of this.leases) lease.waiting -= 1
    this.#left(this)
    return true
  }
}
