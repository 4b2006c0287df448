import {
  createAdmission,
  isRefusal,
  type Admission,
  type GrowOutcome,
  type Hold,
  type Refusal,
} from '@speka/core/internal'
import { picoUsd } from '@speka/core'
import type { Amount, Ask, BudgetId, OwnerId, Recall, RecallAnswer, Reply, RequestId } from '../rules/messages.ts'
import type { Claim, Outcome, RunningOwner, Surroundings } from '../rules/seams.ts'
import { Settling } from '../rules/settling.ts'
import type { Between } from './between.ts'
import type { Caps } from './caps.ts'
import { ModelLine } from './model-line.ts'
import { ModelBudgets } from './model-budgets.ts'

/** An owner of the model's world whose money is in the hands of the gateway's own admission. Rows are settled as the model does. */
export class RealOwner implements RunningOwner {
  readonly id: OwnerId
  readonly #around: Surroundings
  readonly #fenced: () => void
  readonly #caps: Caps
  readonly #line: ModelLine
  readonly #admission: Admission
  readonly #settling: Settling
  readonly #holds = new Map<RequestId, Hold>()
  readonly #budgetsOf = new WeakMap<Hold, readonly BudgetId[]>()
  readonly #callers = new Map<RequestId, AbortController>()
  /** Why holds could not grow, until it is told. */
  readonly #whyNot = new Map<Hold, Refusal>()
  #sure: number
  #leaving = false
  #closed = false
  #over = false

  constructor(
    id: OwnerId,
    registeredAt: number,
    around: Surroundings,
    fenced: () => void,
    { caps, between }: { caps: Caps; between: Between },
  ) {
    this.id = id
    this.#sure = registeredAt
    this.#around = around
    this.#fenced = fenced
    this.#caps = caps
    const ask = (asked: Ask, heard: (reply: Reply) => void): void => this.#ask(asked, heard)
    const budgets = new ModelBudgets(id, ask, () => this.#trusted(), caps, between)
    this.#line = new ModelLine(id, around, between, (budget) => ({
      idle: this.idle(budget),
      grants: budgets.grantsOf(budget),
    }))
    this.#admission = createAdmission({
      budgets,
      line: this.#line,
      clock: {
        now: () => around.now(),
        monotonic: () => around.now(),
        after(ms, run) {
          let isOff = false
          around.after(ms, () => {
            if (!isOff) run()
          })
          return () => {
            isOff = true
          }
        },
      },
      onGrowRefused: (hold, refusal) => this.#whyNot.set(hold, refusal),
    })
    const end = (request: RequestId, how: 'settled' | 'release'): void => {
      this.#holds.get(request)?.[how]()
      this.#holds.delete(request)
    }
    this.#settling = new Settling({
      owner: id,
      around,
      ask,
      trusted: () => this.#trusted(),
      purse: {
        shrink: (request, charge) => this.#holds.get(request)?.charge(picoUsd(BigInt(charge))),
        spend: (request) => end(request, 'settled'),
        free: (request) => end(request, 'release'),
      },
    })
    this.#beat()
  }

  get isFree(): boolean {
    return this.#holds.size === 0
  }

  idle(budget: BudgetId): Amount {
    return Number(this.#admission.idle(this.#caps.budget(budget)) ?? 0n)
  }

  admit(claim: Claim): void {
    const { request, budgets, amount } = claim
    const money = picoUsd(BigInt(amount))
    const hold = this.#holds.get(request)
    if (claim.grows && hold !== undefined) {
      const grown = hold.grow(money)
      if (grown instanceof Promise) void grown.then((outcome) => this.#grown(claim, hold, outcome))
      else this.#grown(claim, hold, grown)
      return
    }
    const caller = new AbortController()
    const wanted = { amount: money, budgets: budgets.map((budget) => this.#caps.budget(budget)) }
    const told = this.#admission.admit(wanted, caller.signal)
    if (!(told instanceof Promise)) return this.#told(claim, told)
    this.#callers.set(request, caller)
    void told.then((outcome) => {
      this.#callers.delete(request)
      if (!caller.signal.aborted) this.#told(claim, outcome)
      else if (!isRefusal(outcome)) outcome.release()
    })
  }

  cancel(request: RequestId): void {
    this.#callers.get(request)?.abort()
  }

  settle(request: RequestId, charge: Amount): void {
    const hold = this.#holds.get(request)
    if (hold === undefined || !this.#trusted()) {
      this.release(request)
      this.#around.tell(this.id, { kind: 'failed', request, sent: false })
    } else {
      const budgets = this.#budgetsOf.get(hold) ?? []
      this.#settling.settle({ id: request, budgets, charge })
    }
  }

  release(request: RequestId): void {
    this.#holds.get(request)?.release()
    this.#holds.delete(request)
  }

  recalled(recall: Recall): void {
    if (!this.#over) this.#line.recalled(recall)
  }

  heardAnswer(answer: RecallAnswer): void {
    if (!this.#over) this.#line.heardAnswer(answer)
  }

  leave(gone: () => void): void {
    if (this.#over) return
    if (!this.#leaving) {
      this.#leaving = true
      void this.#admission.close().then(() => {
        this.#closed = true
      })
    }
    if (this.#closed && this.#settling.resting && this.isFree && this.#callers.size === 0) {
      this.#ask({ kind: 'retire', owner: this.id }, () => {
        if (this.#over) return
        this.#over = true
        gone()
      })
    }
    this.#around.after(this.#around.timing.resend, () => this.leave(gone))
  }

  #told(claim: Claim, told: Hold | Refusal): void {
    if (isRefusal(told)) return this.#tell(claim, this.#outcomeOf(told))
    this.#holds.set(claim.request, told)
    this.#budgetsOf.set(told, claim.budgets)
    this.#tell(claim, { kind: 'admitted' })
  }

  #grown(claim: Claim, hold: Hold, outcome: GrowOutcome): void {
    const why = this.#whyNot.get(hold)
    this.#whyNot.delete(hold)
    if (outcome === 'held') this.#tell(claim, { kind: 'admitted' })
    else this.#tell(claim, why === undefined ? { kind: 'unknown' } : this.#outcomeOf(why))
  }

  #outcomeOf(refusal: Refusal): Outcome {
    if (refusal.kind === 'unknown') return { kind: 'unknown' }
    return { kind: 'refused', budget: refusal.budget.id, evidence: this.#line.recallsBehind(refusal) }
  }

  #tell(claim: Claim, outcome: Outcome): void {
    this.#around.tell(this.id, { kind: 'outcome', claim, outcome })
  }

  #trusted(): boolean {
    return !this.#over && this.#around.now() - this.#sure < this.#around.timing.trust
  }

  #ask(ask: Ask, heard: (reply: Reply) => void): void {
    if (this.#over) return
    const sentAt = this.#around.now()
    this.#around.ask(ask, (reply) => {
      if (this.#over) return
      if (reply.kind === 'fenced') return this.#die()
      this.#sure = Math.max(this.#sure, sentAt)
      heard(reply)
    })
  }

  #beat(): void {
    if (this.#over) return
    this.#ask({ kind: 'beat', owner: this.id }, () => {})
    this.#around.after(this.#around.timing.beat, () => this.#beat())
  }

  #die(): void {
    this.#over = true
    this.#settling.end()
    this.#fenced()
  }
}
