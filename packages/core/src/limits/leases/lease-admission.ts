import type { Clock } from '../../clock.ts'
import { PatientClock } from '../../patient-clock.ts'
import { picoUsd, type PicoUsd } from '../../money.ts'
import type { Admission, Claim, GrowOutcome, Hold, Refusal } from '../admission.ts'
import type { Budget, Budgets, RecallLine } from '../budgets.ts'
import { LeaseDesk } from './lease-desk.ts'
import type { LocalLease } from './local-lease.ts'
import { MoneyHold, type HoldEnds } from './money-hold.ts'
import { knownNumbers } from './number-questions.ts'
import { Purse } from './purse.ts'

/** How many budgets are kept in memory while nobody needs them: some 300 bytes each. */
const MOST_BUDGETS = 10_000

export interface AdmissionOptions {
  readonly budgets: Budgets
  readonly line: RecallLine
  readonly clock: Clock
  /** How many budgets are kept in memory that nobody needs at the moment. Default: 10,000. */
  readonly mostBudgets?: number
  /** Told why a hold could not grow, just before whoever asked is told that it could not. */
  readonly onGrowRefused?: (hold: Hold, refusal: Refusal) => void
}

/** The gateway's side of leases, as docs/owners.md has it. */
export const createAdmission = (options: AdmissionOptions): Admission => new LeaseAdmission(options)

class LeaseAdmission implements Admission, HoldEnds {
  readonly #budgets: Budgets
  readonly #clock: Clock
  readonly #purse: Purse
  readonly #desk: LeaseDesk
  readonly #onGrowRefused: AdmissionOptions['onGrowRefused']
  #isClosed = false

  constructor({ budgets, line, clock, mostBudgets = MOST_BUDGETS, onGrowRefused }: AdmissionOptions) {
    this.#onGrowRefused = onGrowRefused
    this.#budgets = budgets
    this.#clock = new PatientClock(clock)
    this.#purse = new Purse(mostBudgets)
    this.#desk = new LeaseDesk(budgets, line, this.#clock, this.#purse)
    budgets.asks?.({
      held: (budgetId) => this.held(budgetId),
      news: () => this.#purse.heldNews(),
      newsHeard: (isSure) => this.#purse.newsHeard(isSure),
      storeAnswered: () => this.#desk.goOn(),
    })
  }

  admit({ amount, budgets }: Claim, signal?: AbortSignal): Hold | Refusal | Promise<Hold | Refusal> {
    const [first] = budgets
    if (first !== undefined && (this.#isClosed || !this.isTrusted())) {
      if (!this.#isClosed) this.#desk.hearAgain()
      return { kind: 'unknown', budget: first }
    }
    const leases = budgets.map((budget) => this.#purse.of(budget))
    if (leases.every((lease) => lease.fits(amount))) return new MoneyHold(leases, amount, this)
    return this.#tooLittle(leases, amount) ?? this.#later(leases, amount, signal)
  }

  numbers(budgets: readonly Budget[]): readonly number[] | Promise<readonly number[]> {
    const leases = budgets.map((budget) => this.#purse.of(budget))
    return knownNumbers(leases) ?? this.#desk.askNumbers(leases)
  }

  idle(budget: Budget): PicoUsd | undefined {
    const lease = this.#purse.find(budget.id)
    return lease?.isLent === true ? picoUsd(lease.idle) : undefined
  }

  held(budgetId: string): PicoUsd {
    return picoUsd(this.#purse.find(budgetId)?.held ?? 0n)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#desk.close()
  }

  leaseOf(budget: Budget): LocalLease {
    return this.#purse.of(budget)
  }

  freed(): void {
    this.#desk.serve()
  }

  isTrusted(): boolean {
    return this.#budgets.trusted?.() ?? true
  }

  /** The store is asked each time: the cap may have been raised since this request knew of it. */
  growLater(hold: MoneyHold, by: PicoUsd): Promise<GrowOutcome> {
    return new Promise((resolve) => {
      this.#desk.wait(hold.leases, by, {
        isWanted: () => hold.isGrowing,
        admit: () => {
          hold.add(by)
          resolve('held')
        },
        refuse: (refusal) => {
          this.#onGrowRefused?.(hold, refusal)
          resolve(refusal.kind)
        },
      })
    })
  }

  #later(leases: readonly LocalLease[], amount: PicoUsd, signal: AbortSignal | undefined): Promise<Hold | Refusal> {
    return new Promise((resolve) => {
      this.#desk.wait(leases, amount, {
        signal,
        admit: () => resolve(new MoneyHold(leases, amount, this)),
        refuse: resolve,
      })
    })
  }

  /** What the last call has told is enough to know that one of them has not enough left, whoever else is asked. */
  #tooLittle(leases: readonly LocalLease[], amount: PicoUsd): Refusal | undefined {
    const now = this.#clock.monotonic()
    for (const lease of leases) {
      const left = lease.leftIfTooLittle(amount, now)
      if (left !== undefined) return { kind: 'exhausted', budget: lease.budget, left: picoUsd(left) }
    }
    return undefined
  }
}
