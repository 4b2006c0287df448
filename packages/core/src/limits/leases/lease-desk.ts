import type { Clock } from '../../clock.ts'
import type { PicoUsd } from '../../money.ts'
import type { Budgets, LeaseReply, OwnerId, RecallLine, Shortage } from '../budgets.ts'
import { LeaseCalls, type Cargo, type Flight } from './lease-calls.ts'
import type { LocalLease } from './local-lease.ts'
import { NumberQuestions } from './number-questions.ts'
import type { Purse } from './purse.ts'
import { RecallRounds } from './recall-rounds.ts'
import { RecalledHere } from './recalled.ts'
import { verdictOn } from './verdict.ts'
import { Waiting, type WaitEnds } from './waiting.ts'

/** For how long a claim waits for money without a word of the store, in ms. */
const WAIT_MS = 2000
/** For how long at the most, in ms: a store or a holder may be slow without being gone. */
const MOST_WAIT_MS = 10_000

/** Claims to be recalled for, by budget. */
type ToRecall = Map<string, { readonly waiters: Waiting[]; readonly shortage: Shortage }>

/** How a process comes by money that it does not have: by asking the store, and by having other owners give back what is idle. */
export class LeaseDesk {
  readonly #budgets: Budgets
  readonly #line: RecallLine
  readonly #clock: Clock
  readonly #purse: Purse
  readonly #calls: LeaseCalls
  readonly #rounds: RecallRounds
  readonly #recalled: RecalledHere
  readonly #numbers: NumberQuestions
  readonly #waiting = new Set<Waiting>()
  #owner: OwnerId | undefined
  #closed: (() => void) | undefined

  constructor(budgets: Budgets, line: RecallLine, clock: Clock, purse: Purse) {
    this.#budgets = budgets
    this.#line = line
    this.#clock = clock
    this.#purse = purse
    this.#calls = new LeaseCalls(budgets, clock, purse, {
      load: () => this.#load(),
      heard: (flight, reply) => this.#heard(flight, reply),
      heardLate: () => this.goOn(),
      failed: (flight) => this.#failed(flight),
    })
    this.#rounds = new RecallRounds(line, () => this.#pump())
    this.#recalled = new RecalledHere(purse)
    this.#numbers = new NumberQuestions(clock)
    line.serve(
      (budgetId) =>
        new Promise((answer) => {
          this.#recalled.add({ budgetId, answer }, this.#calls)
          this.#pump()
        }),
    )
  }

  wait(leases: readonly LocalLease[], amount: PicoUsd, ends: WaitEnds): void {
    const world = { clock: this.#clock, waitMs: WAIT_MS, mostMs: MOST_WAIT_MS }
    const one = new Waiting(leases, amount, world, ends, (left) => this.#waiting.delete(left))
    if (one.isOver) return
    this.#waiting.add(one)
    this.#pump()
  }

  askNumbers(leases: readonly LocalLease[]): Promise<readonly number[]> {
    const numbers = this.#numbers.ask(leases, WAIT_MS)
    this.#pump()
    return numbers
  }

  /** Something may have become idle: whoever waits and fits is admitted. */
  serve(): void {
    if (this.#waiting.size === 0 || !this.#isTrusted()) return
    for (const one of this.#waiting) {
      if (!one.isWanted) one.giveUp()
      else if (one.fits) one.admit()
    }
  }

  /** The store has answered, be it something else: whoever waits goes on waiting. */
  goOn(): void {
    for (const one of this.#waiting) one.goOn()
  }

  /** Has a call made though nobody waits for it: by its answer a process that does not trust its leases hears what it has. */
  hearAgain(): void {
    if (this.#calls.mayCall) this.#calls.call()
  }

  /** Gives back what is idle, and asks for nothing more but for what grows. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#closed = resolve
      for (const one of this.#waiting) if (!one.grows) one.giveUp()
      this.#purse.giveAllBack()
      this.#pump()
      this.#endClosing('heard')
    })
  }

  #isTrusted(): boolean {
    return this.#budgets.trusted?.() ?? true
  }

  #pump(): void {
    if (!this.#calls.mayCall) return
    const isReady = [...this.#waiting].some(({ state }) => state === 'ready') || this.#numbers.unknown.length > 0
    if (isReady || this.#recalled.areDue || !this.#purse.isSaid) this.#calls.call()
  }

  /** What the next call carries: everything that waits for one. */
  #load(): Cargo {
    const wanted = [...this.#waiting].filter(({ state }) => state === 'ready')
    for (const one of wanted) one.goWithCall()
    return { wanted, covered: this.#recalled.takeDue(), unnumbered: this.#numbers.unknown }
  }

  #heard(flight: Flight, reply: LeaseReply): void {
    this.goOn()
    // To another owner nothing was granted: what the one before had idle was counted in what was asked for.
    if (this.#isAnother(reply.owner)) this.#purse.beginAnew()
    else this.#purse.heard(reply, flight.said)
    this.#numbers.answer()
    this.serve()
    const toRecall: ToRecall = new Map()
    for (const [place, one] of flight.wanted.entries()) {
      one.backFromCall()
      const shortages = reply.shortages[place] ?? []
      if (shortages.length > 0) this.#hearOfElsewhere(shortages, flight)
      if (shortages.length > 0 && !one.isOver) this.#decide(one, shortages, toRecall)
    }
    this.#recalled.answer(flight.covered, this.#calls)
    for (const [budgetId, { waiters, shortage }] of toRecall) {
      this.#rounds.start(budgetId, waiters, shortage.holders)
    }
    this.#endClosing('heard')
    this.#pump()
  }

  #failed({ wanted }: Flight): void {
    for (const one of wanted) one.backFromCall()
    this.#endClosing('failed')
    if (this.#closed === undefined || this.#waiting.size > 0) this.#pump()
  }

  #decide(one: Waiting, told: readonly Shortage[], toRecall: ToRecall): void {
    if (!this.#isTrusted() || one.isStale) return one.giveUp()
    const shortages = new Map(told.map((shortage) => [shortage.budgetId, shortage]))
    const verdict = verdictOn(one, shortages, this.#rounds.isSilent)
    if (verdict.kind === 'ask again') return
    if (verdict.kind === 'exhausted') return one.refuse(verdict.refusal)
    if (verdict.kind === 'unknown') one.giveUp()
    for (const { budget } of verdict.leases) {
      const shortage = shortages.get(budget.id)
      if (shortage === undefined) continue
      const round = toRecall.get(budget.id) ?? { waiters: [], shortage }
      if (verdict.kind === 'recall') round.waiters.push(one)
      toRecall.set(budget.id, round)
    }
  }

  /** Takes note under which id this process settles, and whether that is a new one. */
  #isAnother(owner: OwnerId): boolean {
    if (owner === this.#owner) return false
    const isFirst = this.#owner === undefined
    this.#owner = owner
    this.#line.known(owner)
    return !isFirst
  }

  /** What was told under the cap that is in force still. */
  #hearOfElsewhere(shortages: readonly Shortage[], { said }: Flight): void {
    for (const { budgetId, room, holders } of shortages) {
      const lease = this.#purse.find(budgetId)
      if (lease === undefined || !said.some(({ budget }) => budget === lease.budget)) continue
      const most = holders.reduce((sum, { left }) => sum + left, BigInt(room))
      lease.heardOfElsewhere(most, this.#clock.monotonic())
    }
  }

  /** All has been given back; or the store does not answer, and will find out that this process is gone. */
  #endClosing(how: 'heard' | 'failed'): void {
    if (this.#closed === undefined || (how === 'heard' && !this.#calls.areResting)) return
    this.#closed()
    if (this.#waiting.size === 0) this.#calls.stop()
  }
}
