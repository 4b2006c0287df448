import { Calls, type Flight } from './calls.ts'
import type { Life } from './life.ts'
import type { BudgetId, Denied, Leased, Recall, RecallAnswer, RequestId } from './messages.ts'
import { Rounds } from './rounds.ts'
import type { Claim, Outcome } from './seams.ts'
import { verdictOn } from './verdict.ts'
import type { Waiting } from './waiting.ts'

/** How an owner comes by money that it does not have: by asking the store, and by having other owners give back what is idle. */
export class Leases {
  readonly #life: Life
  readonly #calls: Calls
  readonly #rounds: Rounds
  #waiting: Waiting[] = []
  /** Recalls that are not answered yet, for which nothing was given back yet. */
  #recalls: Recall[] = []

  constructor(life: Life) {
    this.#life = life
    this.#calls = new Calls(
      life,
      (flight, reply) => this.#heard(flight, reply),
      () => this.#cargo(),
    )
    this.#rounds = new Rounds(life, () => this.#pump())
  }

  get resting(): boolean {
    return this.#waiting.length === 0 && this.#recalls.length === 0 && this.#calls.resting
  }

  want(claim: Claim): void {
    const one: Waiting = {
      claim,
      since: this.#life.around.now(),
      answers: new Map(),
      before: new Map(),
      rounds: 0,
      state: 'ready',
    }
    if (!this.#life.around.rules['waiting-takes-nothing']) this.#setAside(claim)
    this.#waiting.push(one)
    this.#life.around.after(this.#life.around.timing.wait, () => this.#end(one, { kind: 'unknown' }))
    this.#pump()
  }

  cancel(request: RequestId): void {
    for (const one of this.#waiting) if (one.claim.request === request) this.#leave(one)
  }

  /** Something may have become idle: whoever waits and fits is admitted. */
  serve(): void {
    const { purse } = this.#life
    for (const one of this.#waiting.slice()) {
      const { claim } = one
      if (!this.#life.trusted()) continue
      const aside = purse.heldBy(asideOf(claim.request))
      if (aside !== undefined) purse.free(asideOf(claim.request))
      if (purse.fits(claim.budgets, claim.amount)) {
        purse.hold(claim.request, claim.budgets, claim.amount)
        this.#end(one, { kind: 'admitted' })
      } else if (aside !== undefined) this.#setAside(claim)
    }
  }

  /** Somebody else is about to be refused. Answers when no call is on its way, and what is idle has arrived at the store. */
  recalled(recall: Recall): void {
    const { purse, around } = this.#life
    const nothing = purse.idle(recall.budget) <= 0
    if (!around.rules['recall-answers-after-calls']) {
      this.#answer(recall, nothing ? 'nothing idle' : 'returned')
      if (!nothing) this.#recalls.push({ ...recall, from: 0 })
    } else if (nothing && this.#calls.resting) this.#answer(recall, 'nothing idle')
    else this.#recalls.push(recall)
    this.#pump()
  }

  heardAnswer(answer: RecallAnswer): void {
    this.#rounds.heard(answer)
  }

  end(): void {
    this.#calls.end()
    this.#recalls = []
    for (const one of this.#waiting.slice()) this.#end(one, { kind: 'unknown' })
  }

  #pump(): void {
    const ready = this.#waiting.some(({ state }) => state === 'ready')
    if (this.#calls.mayCall && (ready || this.#due().length > 0)) this.#calls.call()
  }

  #due(): Recall[] {
    return this.#recalls.filter(({ budget }) => this.#life.purse.idle(budget) > 0)
  }

  /** What the next call carries: everything that waits for one. */
  #cargo(): Pick<Flight, 'wanted' | 'covered'> {
    const covered = this.#due()
    this.#recalls = this.#recalls.filter((recall) => !covered.includes(recall))
    const wanted = this.#waiting.filter(({ state }) => state === 'ready')
    for (const one of wanted) {
      one.state = 'asked'
      one.before = new Map([...one.answers].map(([budget, said]) => [budget, new Map(said)]))
    }
    return { wanted, covered }
  }

  #heard(flight: Flight, reply: Leased): void {
    this.serve()
    for (const one of flight.wanted) if (one.state === 'asked') one.state = 'ready'
    const toRecall = new Map<BudgetId, { waiters: Waiting[]; denied: Denied }>()
    for (const denied of reply.denied) {
      const one = this.#waiting.find(({ claim }) => claim.request === denied.request)
      if (one !== undefined) this.#decide(one, denied, toRecall)
    }
    for (const recall of flight.covered) this.#answer(recall, 'returned')
    for (const recall of this.#recalls.slice()) {
      if (this.#life.purse.idle(recall.budget) > 0 || !this.#calls.resting) continue
      this.#recalls = this.#recalls.filter((other) => other !== recall)
      this.#answer(recall, 'nothing idle')
    }
    for (const [budget, { waiters, denied }] of toRecall) {
      this.#rounds.start(budget, waiters, denied.budgets.get(budget)?.holders ?? [])
    }
    this.#pump()
  }

  #decide(one: Waiting, denied: Denied, toRecall: Map<BudgetId, { waiters: Waiting[]; denied: Denied }>): void {
    if (this.#isStale(one)) return this.#end(one, { kind: 'unknown' })
    const verdict = verdictOn(one, denied, this.#life, (holder) => this.#rounds.isSilent(holder))
    if (verdict.kind === 'refused') this.#end(one, verdict)
    if (verdict.kind === 'unknown') this.#end(one, { kind: 'unknown' })
    if (verdict.kind === 'refused' || verdict.kind === 'ask again') return
    for (const budget of verdict.budgets) {
      const round = toRecall.get(budget) ?? { waiters: [], denied }
      if (verdict.kind === 'recall') round.waiters.push(one)
      toRecall.set(budget, round)
    }
  }

  /** A process that was stopped hears of what was long ago. */
  #isStale({ since }: Waiting): boolean {
    const { rules, timing, now } = this.#life.around
    if (!rules['no-refusal-after-the-wait']) return false
    return !this.#life.trusted() || now() - since > timing.wait
  }

  #answer(recall: Recall, says: RecallAnswer['says']): void {
    const { owner, purse, around } = this.#life
    const answer: RecallAnswer = { recall, owner, says, number: purse.number(recall.budget) }
    around.tell(owner, { kind: 'answered', answer })
    around.answer(recall.from, answer)
  }

  #end(one: Waiting, outcome: Outcome): void {
    if (!this.#waiting.includes(one)) return
    this.#leave(one)
    if (outcome.kind === 'refused' && !this.#life.around.rules['all-budgets-or-none']) this.#setAside(one.claim, '')
    this.#life.around.tell(this.#life.owner, { kind: 'outcome', claim: one.claim, outcome })
  }

  #leave(one: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== one)
    this.#life.purse.free(asideOf(one.claim.request))
  }

  /** What the rules forbid: to take the part that is there. */
  #setAside({ request, budgets, amount }: Claim, as = asideOf(request)): void {
    const { purse } = this.#life
    const there = budgets.filter((budget) => purse.idle(budget) > 0)
    const least = Math.min(amount, ...there.map((budget) => purse.idle(budget)))
    if (there.length > 0) purse.hold(as || `${request}, in part`, there, least)
  }
}

const asideOf = (request: RequestId): RequestId => `${request}, waiting`
