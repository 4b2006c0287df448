import type { Clock } from '../../clock.ts'
import { picoUsd } from '../../money.ts'
import type { Budgets, Holding, LeaseReply, Want } from '../budgets.ts'
import type { LocalLease } from './local-lease.ts'
import type { Purse } from './purse.ts'
import type { Recalled } from './recalled.ts'
import type { Waiting } from './waiting.ts'

/** A call without an answer is given up after this, in ms, and another is sent. */
const CALL_TIMEOUT_MS = 1000
/** Each that is sent in place of one that was given up has twice as long, up to this: a store that is slow would else never be heard. */
const MOST_CALL_TIMEOUT_MS = 8000
/** How long nothing is asked of a store that has just failed, in ms. */
const PAUSE_MS = 250

/** What goes with a call. */
export interface Cargo {
  readonly wanted: readonly Waiting[]
  /** Recalls that are answered by what this call gives back. */
  readonly covered: readonly Recalled[]
  /** Of which nothing is wanted but the number. */
  readonly unnumbered: readonly LocalLease[]
}

/** A call on its way. */
export interface Flight extends Omit<Cargo, 'unnumbered'> {
  readonly said: readonly Holding[]
}

export interface CallEnds {
  /** Everything that waits for a call. */
  load(): Cargo
  heard(flight: Flight, reply: LeaseReply): void
  /** A call that was given up is answered all the same: by that the store is known to be there, and nothing else. */
  heardLate(): void
  failed(flight: Flight): void
}

/** Lease calls to the store: one at a time, and another in place of one that is not answered. */
export class LeaseCalls {
  readonly #budgets: Budgets
  readonly #clock: Clock
  readonly #purse: Purse
  readonly #ends: CallEnds
  #last = 0
  #patienceMs = CALL_TIMEOUT_MS
  #flight: Flight | undefined
  /** Recalls covered by calls that have failed. */
  #carriedOver: readonly Recalled[] = []
  #stopTimer: (() => void) | undefined

  constructor(budgets: Budgets, clock: Clock, purse: Purse, ends: CallEnds) {
    this.#budgets = budgets
    this.#clock = clock
    this.#purse = purse
    this.#ends = ends
  }

  /** Nothing is on its way, and the store knows all that it is to know. */
  get areResting(): boolean {
    return this.#flight === undefined && this.#purse.isSaid
  }

  /** Neither is a call on its way, nor has one just failed. */
  get mayCall(): boolean {
    return this.#flight === undefined && this.#stopTimer === undefined
  }

  call(): void {
    const { wanted, covered, unnumbered } = this.#ends.load()
    for (const { budgetId } of covered) {
      const lease = this.#purse.find(budgetId)
      if (lease !== undefined) this.#purse.giveBack(lease)
    }
    for (const { leases } of wanted) for (const lease of leases) if (lease.returns) this.#purse.giveBack(lease)
    this.#purse.prepare(this.#clock.now())
    const wants = wanted.map(({ leases, amount }) => this.#want(leases, amount))
    // Who lacks nothing is always granted: that makes a lease, and so a number.
    if (unnumbered.length > 0) wants.push(this.#want(unnumbered, 0n))
    const said = this.#purse.say()
    const flight: Flight = { wanted, covered: [...this.#carriedOver, ...covered], said }
    this.#carriedOver = []
    this.#flight = flight
    this.#stopTimer = this.#clock.after(this.#patienceMs, () => this.#giveUp(flight))
    this.#last += 1
    const sentAt = this.#clock.monotonic()
    this.#budgets.exchange({ number: this.#last, has: said, wants }).then(
      (reply) => {
        if (this.#flight !== flight) return this.#ends.heardLate()
        this.#notePatience(this.#clock.monotonic() - sentAt)
        this.#land(flight, () => this.#ends.heard(flight, reply))
      },
      () => this.#land(flight, () => this.#fail(flight)),
    )
  }

  /** Nothing more is asked, and no answer heard. */
  stop(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    this.#flight = undefined
  }

  #want(leases: readonly LocalLease[], amount: bigint): Want {
    const lacking = leases.filter((lease) => !lease.fits(amount))
    for (const lease of lacking) this.#purse.mention(lease)
    return { lacks: lacking.map((lease) => ({ budget: lease.budget, amount: picoUsd(lackOf(lease.idle, amount)) })) }
  }

  /** Only the answer to the last call is heard. */
  #land(flight: Flight, act: () => void): void {
    if (this.#flight !== flight) return
    this.stop()
    act()
  }

  /** It sinks again by steps, so that a store that takes as long each time is not given up every other time. */
  #notePatience(tookMs: number): void {
    if (tookMs < this.#patienceMs / 2) this.#patienceMs = Math.max(CALL_TIMEOUT_MS, this.#patienceMs / 2)
  }

  #giveUp(flight: Flight): void {
    this.#patienceMs = Math.min(2 * this.#patienceMs, MOST_CALL_TIMEOUT_MS)
    this.#land(flight, () => {
      this.#carriedOver = flight.covered
      this.#ends.failed(flight)
    })
  }

  #fail(flight: Flight): void {
    this.#carriedOver = flight.covered
    this.#stopTimer = this.#clock.after(PAUSE_MS, () => {
      this.#stopTimer = undefined
      this.#ends.failed(flight)
    })
  }
}

const lackOf = (idle: bigint, amount: bigint): bigint => (amount > idle ? amount - idle : 0n)
