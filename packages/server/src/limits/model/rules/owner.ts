import { Leases } from './leases.ts'
import type { Life } from './life.ts'
import type { Amount, Ask, BudgetId, OwnerId, Recall, RecallAnswer, Reply, RequestId } from './messages.ts'
import { Purse } from './purse.ts'
import type { Claim, RunningOwner, Surroundings } from './seams.ts'
import { Settling } from './settling.ts'

/** One life of one process that settles: it admits from what it was lent, and never waits for the store when that suffices. */
export class Owner implements RunningOwner {
  readonly id: OwnerId
  readonly #purse = new Purse()
  readonly #fenced: () => void
  readonly #around: Surroundings
  readonly #leases: Leases
  readonly #settling: Settling
  /** When the last message was sent that was answered. */
  #sure: number
  #leaving = false
  #over = false

  /**
   * @param registeredAt - When the message was sent that made this owner.
   * @param fenced - Called when the store has said that this owner is dead.
   */
  constructor(id: OwnerId, registeredAt: number, around: Surroundings, fenced: () => void) {
    this.id = id
    this.#sure = registeredAt
    this.#around = around
    this.#fenced = fenced
    const life: Life = {
      owner: this.id,
      purse: this.#purse,
      around,
      trusted: () => this.#trusted(),
      ask: (ask, heard) => this.#ask(ask, heard),
    }
    this.#leases = new Leases(life)
    this.#settling = new Settling(life)
    this.#beat()
  }

  get isFree(): boolean {
    return this.#purse.isFree
  }

  idle(budget: BudgetId): Amount {
    return this.#purse.idle(budget)
  }

  admit(claim: Claim): void {
    if (!this.#trusted() || (this.#leaving && !claim.grows && this.#around.rules['goodbye-ends-admission']))
      return this.#tell(claim, 'unknown')
    if (!this.#purse.fits(claim.budgets, claim.amount)) return this.#leases.want(claim)
    this.#purse.hold(claim.request, claim.budgets, claim.amount)
    this.#tell(claim, 'admitted')
  }

  cancel(request: RequestId): void {
    this.#leases.cancel(request)
  }

  settle(request: RequestId, charge: Amount): void {
    const hold = this.#purse.heldBy(request)
    if (hold === undefined || !this.#trusted()) {
      this.#purse.free(request)
      this.#around.tell(this.id, { kind: 'failed', request, sent: false })
    } else this.#settling.settle({ id: request, budgets: hold.budgets, charge })
    this.#leases.serve()
  }

  release(request: RequestId): void {
    this.#purse.free(request)
    this.#leases.serve()
  }

  recalled(recall: Recall): void {
    if (!this.#over) this.#leases.recalled(recall)
  }

  heardAnswer(answer: RecallAnswer): void {
    if (!this.#over) this.#leases.heardAnswer(answer)
  }

  /** Admits nothing more, and says goodbye when nothing is in flight any more. */
  leave(gone: () => void): void {
    if (this.#over) return
    this.#leaving = true
    if (this.#settling.resting && this.#purse.isFree && this.#leases.resting) {
      this.#ask({ kind: 'retire', owner: this.id }, () => {
        if (this.#over) return
        this.#over = true
        gone()
      })
    }
    this.#around.after(this.#around.timing.resend, () => this.leave(gone))
  }

  #tell(claim: Claim, kind: 'admitted' | 'unknown'): void {
    this.#around.tell(this.id, { kind: 'outcome', claim, outcome: { kind } })
  }

  #trusted(): boolean {
    const { rules, timing, now } = this.#around
    return !this.#over && (!rules['trust-is-checked'] || now() - this.#sure < timing.trust)
  }

  #ask(ask: Ask, heard: (reply: Reply) => void): void {
    const { rules, now } = this.#around
    const sentAt = now()
    this.#around.ask(ask, (reply) => {
      if (this.#over) return
      if (reply.kind === 'fenced') return this.#die()
      this.#sure = Math.max(this.#sure, rules['trust-counts-from-sending'] ? sentAt : now())
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
    this.#leases.end()
    this.#settling.end()
    this.#fenced()
  }
}
