import { setTimeout as wait } from 'node:timers/promises'
import { createFakeClock, type FakeClock } from '../../sandbox/clock.fake.ts'
import { picoUsd } from '../../money.ts'
import { isRefusal, type Admission, type Hold, type Refusal } from '../admission.ts'
import type { BudgetsProcess, BudgetsWorld } from '../budgets.contract.ts'
import type { Budget, Budgets, LeaseReply, OwnerId, RecallAnswer, RecallLine } from '../budgets.ts'
import { createAdmission } from '../leases/lease-admission.ts'

/** What goes wrong on the way, or is left out. */
export interface Faults {
  /** Whether the answer to a call is lost, the call itself carried out. */
  readonly losesReply?: () => boolean
  /** Whether a recall is not heard. */
  readonly losesRecall?: () => boolean
  /** What a process makes of an answer of the store. */
  readonly reply?: (reply: LeaseReply) => LeaseReply
  /** What a process hears from another. */
  readonly answer?: (answer: RecallAnswer | undefined) => RecallAnswer | undefined
}

interface Claimed {
  readonly owner: number
  readonly budgets: readonly Budget[]
  readonly amount: bigint
  /** The most that each owner used of each budget since the claim was made. */
  readonly most: Map<string, bigint>
  /** The lowest cap of each budget since then. */
  readonly least: Map<string, bigint>
}

interface UnderWay {
  readonly owner: number
  readonly budgets: readonly Budget[]
  readonly hold: Hold
  amount: bigint
  isOver?: true
}

/** As many ms as a recall takes at the most, and as many again: each turn lasts one at least. */
const TURNS_WITH_LINES = 2000

/** Several processes that admit requests from one store, and what is really used, kept apart from what they believe. */
export class AdmittingOwners {
  readonly clock: FakeClock = createFakeClock(Date.UTC(2026, 2, 14))
  readonly counts = { held: 0, exhausted: 0, unknown: 0 }
  readonly underWay: UnderWay[] = []
  /** Which invariant, and how. */
  broken: string | undefined
  readonly #faults: Faults
  readonly #budgets: Budget[]
  readonly #highest: bigint[]
  readonly #owners: { readonly process: BudgetsProcess; readonly admission: Admission }[] = []
  readonly #reached = new Map<OwnerId, (budgetId: string) => Promise<RecallAnswer>>()
  readonly #claims = new Set<Claimed>()
  readonly #used = new Map<string, bigint>()
  readonly #inFlight = new Set<Promise<unknown>>()
  #isHealed = false
  #hasLines = false

  constructor(budgets: readonly Budget[], faults: Faults) {
    this.#budgets = [...budgets]
    this.#highest = budgets.map(({ cap }) => cap)
    this.#faults = faults
  }

  async start(world: BudgetsWorld): Promise<void> {
    const process = await world.start()
    const line = process.line === undefined ? this.#line() : this.#watchedLine(process.line)
    const admission = createAdmission({ budgets: this.#watched(process.budgets), line, clock: this.clock })
    this.#owners.push({ process, admission })
  }

  setCap(index: number, change: (budget: Budget) => Budget): void {
    const budget = this.#budgets[index]
    if (budget === undefined) return
    const changed = change(budget)
    this.#budgets[index] = changed
    for (const { least } of this.#claims) {
      const before = least.get(budget.id) ?? budget.cap
      least.set(budget.id, changed.cap < before ? changed.cap : before)
    }
    if (changed.cap > (this.#highest[index] ?? 0n)) this.#highest[index] = changed.cap
  }

  /** Begins a request; how it is told comes later, or at once. */
  request(at: number, amount: number, which: readonly number[]): void {
    const owner = at % this.#owners.length
    const budgets = which.flatMap((index) => this.#budgets[index] ?? [])
    const claim: Claimed = { owner, budgets, amount: BigInt(amount), most: new Map(this.#used), least: new Map() }
    const told = this.#admissionOf(owner).admit({ amount: picoUsd(claim.amount), budgets })
    if (!(told instanceof Promise)) return this.#told(claim, told)
    this.#claims.add(claim)
    void told.then((outcome) => {
      this.#claims.delete(claim)
      this.#told(claim, outcome)
    })
  }

  /** One under way wants more. */
  grow(at: number, by: number): void {
    const one = this.underWay[at % (this.underWay.length || 1)]
    if (one === undefined) return
    const grown = (outcome: string): void => {
      if (outcome !== 'held' || one.isOver === true) return
      one.amount += BigInt(by)
      this.#use(one, BigInt(by))
      this.#checkSums(one.budgets, (index) => this.#highest[index] ?? 0n)
    }
    const outcome = one.hold.grow(picoUsd(BigInt(by)))
    if (outcome instanceof Promise) void outcome.then(grown)
    else grown(outcome)
  }

  /** One under way ends, with a charge of a part of what it holds, or with none. */
  async end(at: number, part: number): Promise<void> {
    const [one] = this.underWay.splice(at % (this.underWay.length || 1), 1)
    if (one === undefined) return
    one.isOver = true
    const charge = (one.amount * BigInt(part)) / 10n
    if (part === 0) {
      this.#use(one, -one.amount)
      one.hold.release()
      return
    }
    this.#use(one, charge - one.amount)
    one.hold.charge(picoUsd(charge))
    await this.#owners[one.owner]?.process.settle({ charge, budgets: one.hold.budgetNumbers })
    one.hold.settled()
  }

  /** Until the store has answered everything, and what that leads to. */
  async settle(): Promise<void> {
    // A store that does not keep its word may be asked again and again.
    const turns = this.#hasLines ? TURNS_WITH_LINES : 100
    for (let turn = 0; turn === 0 || (this.#inFlight.size > 0 && turn < turns); turn += 1) {
      const all = Promise.all(this.#inFlight)
      // Whoever is asked by another answers when its own call has come back, for which time goes on here.
      await (this.#hasLines ? Promise.race([all, wait(1)]) : all)
      await this.clock.advance(0)
    }
  }

  /** Nothing is under way any more: all that is left can be had at one owner, and one unit more cannot. */
  async rest(): Promise<void> {
    this.#isHealed = true
    for (let second = 0; second < 6; second += 1) {
      while (this.underWay.length > 0) await this.end(0, 5)
      await this.clock.advance(1000)
      await this.settle()
    }
    for (const [index, budget] of this.#budgets.entries()) {
      expect(this.#owners.map(({ admission }) => admission.held(budget.id))).toEqual(this.#owners.map(() => 0n))
      const left = budget.cap - this.#usedInAll(budget)
      this.counts.exhausted = this.counts.held = 0
      this.request(0, Number(left > 0n ? left + 1n : 1n), [index])
      await this.#patiently()
      expect(this.counts).toMatchObject({ exhausted: 1 })
      if (left <= 0n) continue
      this.request(0, Number(left), [index])
      await this.#patiently()
      expect(this.counts).toMatchObject({ held: 1 })
      await this.end(0, 0)
    }
    await Promise.all(this.#owners.map(({ admission }) => admission.close()))
  }

  async #patiently(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) await this.settle()
  }

  #admissionOf(owner: number): Admission {
    const found = this.#owners[owner]
    if (found === undefined) throw new Error(`there is no owner ${owner}`)
    return found.admission
  }

  #told(claim: Claimed, told: Hold | Refusal): void {
    if (!isRefusal(told)) {
      this.counts.held += 1
      const one = { ...claim, hold: told }
      this.underWay.push(one)
      this.#use(one, claim.amount)
      // What was asked for under an old cap may be granted under a new one.
      this.#checkSums(claim.budgets, (index) => this.#budgets[index]?.cap ?? 0n)
      return
    }
    this.counts[told.kind] += 1
    if (told.kind === 'exhausted') this.#checkRefusal(claim, told.budget)
  }

  /** I1: what all owners charged and hold is not more than the cap that the claim knew of. */
  #checkSums(budgets: readonly Budget[], atLeast: (index: number) => bigint): void {
    for (const budget of budgets) {
      const index = this.#budgets.findIndex(({ id }) => id === budget.id)
      const cap = budget.cap > atLeast(index) ? budget.cap : atLeast(index)
      if (this.#usedInAll(budget) > cap) {
        this.#broken(`I1: ${this.#usedInAll(budget)} of ${budget.id} is used, whose cap is ${cap}`)
      }
    }
  }

  /** I2: with the most that each owner used while the claim waited, there was not enough. */
  #checkRefusal({ amount, most, least, budgets }: Claimed, { id }: Budget): void {
    let left: bigint = least.get(id) ?? budgets.find((budget) => budget.id === id)?.cap ?? 0n
    for (const owner of this.#owners.keys()) left -= most.get(`${owner} ${id}`) ?? 0n
    if (left >= amount) this.#broken(`I2: ${amount} of ${id} is refused, of which ${left} was never used`)
  }

  #broken(how: string): void {
    this.broken ??= how
  }

  #use({ owner, budgets }: { owner: number; budgets: readonly Budget[] }, by: bigint): void {
    for (const { id } of budgets) {
      const place = `${owner} ${id}`
      const now = (this.#used.get(place) ?? 0n) + by
      this.#used.set(place, now)
      for (const { most } of this.#claims) if (now > (most.get(place) ?? 0n)) most.set(place, now)
    }
  }

  #usedInAll({ id }: Budget): bigint {
    return [...this.#owners.keys()].reduce((sum, owner) => sum + (this.#used.get(`${owner} ${id}`) ?? 0n), 0n)
  }

  /** Knows of each call on its way. */
  #watched(budgets: Budgets): Budgets {
    const { losesReply, reply } = this.#faults
    return {
      standing: (asked) => budgets.standing(asked),
      exchange: (call) => {
        const answer = budgets.exchange(call).then((said) => {
          if (!this.#isHealed && losesReply?.() === true) throw new Error('lost')
          return reply?.(said) ?? said
        })
        return this.#noted(answer)
      },
    }
  }

  /** What is on its way until it has come, or failed. */
  #noted<T>(answer: Promise<T>): Promise<T> {
    const over = answer.then(
      () => {},
      () => {},
    )
    this.#inFlight.add(over)
    void over.then(() => this.#inFlight.delete(over))
    return answer
  }

  /** Of a process that reaches the others by itself. */
  #watchedLine(line: RecallLine): RecallLine {
    this.#hasLines = true
    return {
      recall: (owner, budgetId) => {
        const lost = !this.#isHealed && this.#faults.losesRecall?.() === true
        return lost ? Promise.resolve(undefined) : this.#noted(line.recall(owner, budgetId))
      },
      serve: (answer) => line.serve(answer),
      known: (owner) => line.known(owner),
    }
  }

  #line(): RecallLine {
    let serve: ((budgetId: string) => Promise<RecallAnswer>) | undefined
    return {
      recall: async (owner, budgetId) => {
        const lost = !this.#isHealed && this.#faults.losesRecall?.() === true
        const answer = lost ? undefined : await this.#reached.get(owner)?.(budgetId)
        return this.#faults.answer === undefined ? answer : this.#faults.answer(answer)
      },
      serve(answer) {
        serve = answer
      },
      known: (owner) => {
        if (serve !== undefined) this.#reached.set(owner, serve)
      },
    }
  }
}
