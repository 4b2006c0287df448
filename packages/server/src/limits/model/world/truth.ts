import type { Books } from '../rules/books.ts'
import type { Amount, BudgetId, OwnerId, RequestId } from '../rules/messages.ts'
import type { Claim } from '../rules/seams.ts'

interface Held {
  readonly budgets: readonly BudgetId[]
  amount: Amount
  /** What was admitted; an upstream may charge more. */
  admitted: Amount
  /** Its client was told of a failure, and its row is resent all the same. */
  failed: boolean
}

/** What is really set aside, by who was admitted and who has ended: kept apart from what owners believe. */
export class Truth {
  readonly #held = new Map<OwnerId, Map<RequestId, Held>>()
  readonly #beyond = new Map<RequestId, Amount>()

  admitted(owner: OwnerId, { request, budgets, amount }: Claim): void {
    const held = this.#of(owner)
    const before = held.get(request)?.amount ?? 0
    held.set(request, { budgets, amount: before + amount, admitted: before + amount, failed: false })
  }

  charged(owner: OwnerId, request: RequestId, charge: Amount): void {
    const held = this.#of(owner).get(request)
    if (held === undefined) return
    held.amount = charge
    this.#beyond.set(request, Math.max(0, charge - held.admitted))
  }

  freed(owner: OwnerId, request: RequestId): void {
    this.#of(owner).delete(request)
  }

  failed(owner: OwnerId, request: RequestId): void {
    const held = this.#of(owner).get(request)
    if (held !== undefined) held.failed = true
  }

  /** The process is gone, and what it had in flight. */
  gone(owner: OwnerId): void {
    this.#held.delete(owner)
  }

  /** What a budget is used for by one owner. A dead owner's holds are void. */
  used(books: Books, owner: OwnerId, budget: BudgetId, failed: 'with failed' | 'without failed'): Amount {
    let sum = books.charged(owner, budget)
    if (books.owner(owner).state === 'dead') return sum
    for (const [request, held] of this.#of(owner)) {
      if (books.rows.has(request) || !held.budgets.includes(budget)) continue
      if (!held.failed || failed === 'with failed') sum += held.amount
    }
    return sum
  }

  /** By how much an owner's charges exceed what was admitted. */
  excess(owner: OwnerId, budget: BudgetId): Amount {
    let sum = 0
    for (const held of this.#of(owner).values()) {
      if (held.budgets.includes(budget)) sum += Math.max(0, held.amount - held.admitted)
    }
    return sum
  }

  /** By how much one request's charge exceeds what was admitted; known for ever, for its row may come late. */
  beyond(request: RequestId): Amount {
    return this.#beyond.get(request) ?? 0
  }

  /** Requests that an owner still sets money aside for. */
  open(books: Books, owner: OwnerId): RequestId[] {
    return [...this.#of(owner).keys()].filter((request) => !books.rows.has(request))
  }

  #of(owner: OwnerId): Map<RequestId, Held> {
    const held = this.#held.get(owner) ?? new Map<RequestId, Held>()
    this.#held.set(owner, held)
    return held
  }
}
