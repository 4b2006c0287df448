import type { Books, StoredOwner } from '../rules/books.ts'
import type { Amount, BudgetId, LeaseCall, OwnerId, RequestId, Row } from '../rules/messages.ts'
import type { Claim, News } from '../rules/seams.ts'
import { Truth } from './truth.ts'
import { Violation } from './violation.ts'

/** How things were when the store carried out a lease call. */
interface Snapshot {
  readonly caps: ReadonlyMap<BudgetId, Amount>
  readonly used: ReadonlyMap<BudgetId, ReadonlyMap<OwnerId, Amount>>
}

/** Looks on, knows everything at once, and says which invariant is broken. */
export class Oracle {
  readonly truth = new Truth()
  readonly counts = { admitted: 0, refused: 0, unknown: 0, finished: 0, failed: 0, late: 0, reaped: 0 }
  /** Requests whose clients were told that the answer is whole. */
  readonly finished = new Map<RequestId, number>()
  readonly #books: () => Books
  readonly #now: () => number
  /** Whether an owner runs, and is not cut off, and has not been for long. */
  readonly #isWell: (owner: OwnerId) => boolean
  readonly #snapshots = new Map<OwnerId, Snapshot>()
  readonly #usedWhenAnswered = new Map<string, Amount>()
  readonly #checkedRows = new Map<OwnerId, number>()
  readonly #ends = new Set<OwnerId>()
  /** What was charged beyond what was admitted, by rows that the store has. */
  readonly #excess = new Map<string, Amount>()

  constructor(books: () => Books, now: () => number, isWell: (owner: OwnerId) => boolean) {
    this.#books = books
    this.#now = now
    this.#isWell = isWell
  }

  heard(owner: OwnerId, news: News): void {
    const books = this.#books()
    if (news.kind === 'answered') {
      const { recall } = news.answer
      const used = this.truth.used(books, owner, recall.budget, 'with failed')
      this.#usedWhenAnswered.set(`${recall.id}/${owner}`, used)
    } else if (news.kind === 'failed') {
      this.counts.failed += 1
      if (news.sent) this.truth.failed(owner, news.request)
      else this.truth.freed(owner, news.request)
    } else if (news.kind === 'finished') {
      this.counts.finished += 1
      this.finished.set(news.request, this.#now())
      if (news.by === 'spool') this.#mustLive(owner, `finishes ${news.request}`)
    } else if (news.outcome.kind === 'admitted') {
      this.counts.admitted += 1
      this.truth.admitted(owner, news.claim)
      this.#mustLive(owner, `admits ${news.claim.request}`)
      this.checkMoney(owner)
    } else {
      this.counts[news.outcome.kind] += 1
      if (news.outcome.kind === 'refused') {
        this.#checkRefusal(owner, news.claim, news.outcome.budget, news.outcome.evidence)
      }
    }
  }

  /** The store is about to grant: what is lent of each budget when the call has said what it has. */
  beforeCall({ owner, has }: LeaseCall): Map<BudgetId, Amount> {
    const books = this.#books()
    const { leases } = books.owner(owner)
    return new Map(
      [...books.caps.keys()].map((budget) => {
        const before = leases.get(budget)?.granted ?? 0
        const kept = Math.max(Math.min(before, has.get(budget) ?? 0), books.charged(owner, budget))
        return [budget, books.granted(budget) - before + kept]
      }),
    )
  }

  afterCall({ owner, wants }: LeaseCall, granted: ReadonlyMap<BudgetId, Amount>): void {
    const books = this.#books()
    for (const [budget, cap] of books.caps) {
      const now = books.granted(budget)
      if (now > (granted.get(budget) ?? 0) && now > cap + this.#excessInAll(budget)) {
        throw new Violation('I1', `granted ${now} of ${budget}, whose cap is ${cap}`)
      }
    }
    if (wants.length === 0) return
    const used = new Map<BudgetId, Map<OwnerId, Amount>>()
    for (const budget of books.caps.keys()) {
      const each = new Map<OwnerId, Amount>()
      for (const id of books.owners.keys()) each.set(id, this.truth.used(books, id, budget, 'with failed'))
      used.set(budget, each)
    }
    this.#snapshots.set(owner, { caps: new Map(books.caps), used })
  }

  /** After each transaction of the store. */
  check(): void {
    for (const owner of this.#books().owners.values()) {
      this.#checkRows(owner)
      this.#checkEnd(owner)
      this.checkMoney(owner.id)
    }
  }

  /** I1, for one owner: what it charged and holds is not more than what it was granted. */
  checkMoney(id: OwnerId): void {
    const books = this.#books()
    const { leases, state } = books.owner(id)
    for (const budget of books.caps.keys()) {
      const used = this.truth.used(books, id, budget, 'without failed')
      const allowed = (leases.get(budget)?.granted ?? 0) + this.truth.excess(id, budget) + this.#excessOf(id, budget)
      if (used > allowed) {
        throw new Violation('I1', `owner ${id} (${state}) uses ${used} of ${budget}, and was granted ${allowed}`)
      }
    }
  }

  #excessOf(id: OwnerId, budget: BudgetId): Amount {
    return this.#excess.get(`${id}/${budget}`) ?? 0
  }

  #excessInAll(budget: BudgetId): Amount {
    return [...this.#books().owners.keys()].reduce((sum, id) => sum + this.#excessOf(id, budget), 0)
  }

  /** I4 for numbers: gapless in the order of commits; and late rows only of who was given up, within what it had. */
  #checkRows(owner: StoredOwner): void {
    const from = this.#checkedRows.get(owner.id) ?? 0
    this.#checkedRows.set(owner.id, owner.rows.length)
    const rows = owner.rows.slice(from)
    for (const row of rows) this.#settleTruth(owner.id, row)
    for (const [place, row] of rows.entries()) {
      if (row.n !== from + place + 1) {
        throw new Violation('I4', `row ${from + place + 1} of owner ${owner.id} has the number ${row.n}`)
      }
      if (row.late) this.#checkLate(owner, row.id)
    }
  }

  /** Money of a row that is in the store is no longer held; what it exceeded its hold by is remembered. */
  #settleTruth(owner: OwnerId, { id, budgets }: Row): void {
    const beyond = this.truth.beyond(id)
    for (const budget of beyond > 0 ? budgets : []) {
      this.#excess.set(`${owner}/${budget}`, this.#excessOf(owner, budget) + beyond)
    }
    this.truth.freed(owner, id)
  }

  #checkLate(owner: StoredOwner, id: RequestId): void {
    this.counts.late += 1
    if (owner.end?.by !== 'reserve')
      throw new Violation('late', `${id} is late although owner ${owner.id} was not given up`)
    if ((this.finished.get(id) ?? 0) > owner.end.at)
      throw new Violation('late', `${id} was finished after the end of owner ${owner.id}`)
    for (const [budget, lapsed] of owner.end.lapsed) {
      const late = owner.rows.filter((row) => row.late && row.budgets.includes(budget))
      const sum = late.reduce((total, { charge }) => total + charge, 0)
      if (sum > lapsed + this.#excessOf(owner.id, budget)) {
        throw new Violation(
          'late',
          `late rows of owner ${owner.id} come to ${sum} of ${budget}, and ${lapsed} had lapsed`,
        )
      }
    }
  }

  /** Nobody who lives and can be heard is given up. */
  #checkEnd(owner: StoredOwner): void {
    if (owner.state !== 'dead' || this.#ends.has(owner.id)) return
    this.#ends.add(owner.id)
    if (owner.end?.by !== 'reserve') return
    this.counts.reaped += 1
    if (this.#isWell(owner.id)) throw new Violation('reaped', `owner ${owner.id} lives, and was given up`)
  }

  #mustLive(id: OwnerId, does: string): void {
    if (this.#books().owner(id).state === 'dead') {
      throw new Violation('fenced', `owner ${id} is dead in the store, and ${does}`)
    }
  }

  /** I2: what all owners used, each at the instant of its own answer, left no room for the claim. */
  #checkRefusal(id: OwnerId, claim: Claim, budget: BudgetId, evidence: ReadonlyMap<OwnerId, number>): void {
    const snapshot = this.#snapshots.get(id)
    if (snapshot === undefined) throw new Violation('I2', `${claim.request} is refused without a call`)
    let left = snapshot.caps.get(budget) ?? 0
    for (const [owner, used] of snapshot.used.get(budget) ?? []) {
      const recall = evidence.get(owner)
      if (owner === id) left -= this.truth.used(this.#books(), owner, budget, 'with failed')
      else left -= recall === undefined ? used : (this.#usedWhenAnswered.get(`${recall}/${owner}`) ?? used)
    }
    if (left >= claim.amount) {
      throw new Violation(
        'I2',
        `${claim.request} is refused ${claim.amount} of ${budget}, of which ${left} was not used`,
      )
    }
  }
}
