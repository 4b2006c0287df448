import { SpekaError } from '../errors.ts'
import { picoUsd, zeroUsd, type PicoUsd } from '../money.ts'
import type {
  Budget,
  Budgets,
  BudgetStanding,
  Holder,
  Holding,
  HoldingProcess,
  Lease,
  LeaseCall,
  LeaseReply,
  OwnerId,
  Shortage,
  Want,
} from './budgets.ts'

/** With several owners, a lease is this part of an owner's share of the room, unless a request needs more. */
const SLICES = 2n

/** Budgets are looked through for those that are over each time so many have been made. */
const MADE_BETWEEN_LOOKS = 1024

/** How long rows of a window may come after its end, in ms. */
const LATE_MS = 86_400_000

/** What a budget's window had spent before rows began to say that they count in it. `number`: that of the budget, if it has one. */
export type SpentBefore = (budget: Budget, number: number | undefined) => PicoUsd

interface KeptBudget {
  readonly id: string
  readonly number: number
  readonly endsAt: number
  readonly before: PicoUsd
  cap: PicoUsd
  revision: number
  /** Charged by rows that count in no lease any more. */
  spent: PicoUsd
  readonly leases: Map<OwnerId, KeptLease>
}

interface KeptLease {
  granted: PicoUsd
  held: PicoUsd
  charged: PicoUsd
  grants: number
}

/** What was lent in the same call beyond what the wants before lacked. */
type Spare = Map<KeptBudget, bigint>

interface KeptOwner {
  readonly id: OwnerId
  lastCall: number
  heard: number
}

/** Budgets in memory, and who was lent what of them. Owners begin, charge and end; each method is a transaction. */
export class MemoryBudgets {
  readonly #spentBefore: SpentBefore
  readonly #budgets = new Map<string, KeptBudget>()
  readonly #byNumber = new Map<number, KeptBudget>()
  readonly #owners = new Map<OwnerId, KeptOwner>()
  #lastOwner = 0
  #lastNumber = 0
  #latestStart = 0

  /** @param spentBefore Default: nothing was spent before. */
  constructor(spentBefore: SpentBefore = () => zeroUsd) {
    this.#spentBefore = spentBefore
  }

  /** Somebody new, who will settle. */
  begin(): OwnerId {
    this.#lastOwner += 1
    this.#owners.set(this.#lastOwner, { id: this.#lastOwner, lastCall: 0, heard: 0 })
    return this.#lastOwner
  }

  isAlive(owner: OwnerId): boolean {
    return this.#owners.has(owner)
  }

  /** The owner is dead: its leases return, less exactly what its rows charged. */
  end(owner: OwnerId): void {
    this.#owners.delete(owner)
    for (const budget of this.#budgets.values()) letGo(budget, owner)
  }

  /** A row of the owner has been kept. */
  charge(owner: OwnerId, numbers: readonly number[] = [], charge: PicoUsd = zeroUsd): void {
    for (const number of numbers) {
      const budget = this.#byNumber.get(number)
      const lease = budget?.leases.get(owner)
      if (lease !== undefined) lease.charged = picoUsd(lease.charged + charge)
      else if (budget !== undefined) budget.spent = picoUsd(budget.spent + charge)
    }
  }

  /** @throws SpekaError `storage_unavailable` for a call that comes after a later one, or twice. */
  carryOut(id: OwnerId, call: LeaseCall): LeaseReply {
    const owner = this.#owners.get(id)
    if (owner === undefined || call.number <= owner.lastCall)
      throw new SpekaError('storage_unavailable', 'A later lease call has been carried out already.')
    owner.lastCall = call.number
    owner.heard += 1
    const debts = new Map<string, PicoUsd>()
    for (const holding of call.has) debts.set(holding.budget.id, this.#hear(owner, holding))
    const spare: Spare = new Map()
    const granted = call.wants.map((want) => this.#grant(owner, want, debts, spare))
    for (const holding of call.has) this.#noteHeld(owner, holding)
    return {
      owner: id,
      has: this.#leasesOf(owner, call),
      shortages: call.wants.map((want, index) =>
        granted[index] === true ? undefined : this.#shortages(owner, want, debts, spare),
      ),
    }
  }

  standing(budgets: readonly Budget[]): BudgetStanding[] {
    return budgets.map((budget) => {
      const kept = this.#budgets.get(budget.id)
      if (kept === undefined) return { spent: this.#spentBefore(budget, undefined), held: zeroUsd }
      const leases = [...kept.leases.values()]
      const charged = leases.reduce((sum, lease) => sum + lease.charged, 0n)
      const held = leases.reduce((sum, lease) => sum + lease.held, 0n)
      return { spent: picoUsd(kept.before + kept.spent + charged), held: picoUsd(held) }
    })
  }

  /**
   * Sets what the owner was granted to what it says that it has.
   *
   * @returns what it has been lent for what its rows had charged beyond that: an upstream that ignored its bound.
   */
  #hear(owner: KeptOwner, { budget, granted, ends }: Holding): PicoUsd {
    const kept = this.#budgets.get(budget.id)
    if (kept === undefined) return zeroUsd
    noteCap(kept, budget)
    const lease = kept.leases.get(owner.id)
    if (lease === undefined) return zeroUsd
    if (ends === true) {
      letGo(kept, owner.id)
      return zeroUsd
    }
    const has = lease.granted < granted ? lease.granted : granted
    const debt = less(lease.charged, has)
    lease.granted = picoUsd(has + debt)
    return debt
  }

  /** Of a lease as well that this call has made. */
  #noteHeld(owner: KeptOwner, { budget, held, ends }: Holding): void {
    const lease = this.#budgets.get(budget.id)?.leases.get(owner.id)
    if (lease !== undefined && ends !== true) lease.held = held
  }

  /** Every budget of a want, or none. What it was lent for charges already is lacking no more, nor what those before it have left. */
  #grant(owner: KeptOwner, { lacks }: Want, debts: ReadonlyMap<string, PicoUsd>, spare: Spare): boolean {
    const all = lacks.map(({ budget, amount }) => ({
      kept: this.#keptOf(budget),
      amount,
      lack: less(amount, debts.get(budget.id)),
    }))
    if (all.some(({ kept, amount, lack }) => amount > 0n && roomOf(kept) + (spare.get(kept) ?? 0n) < lack)) return false
    for (const { kept, lack: asked } of all) {
      const left = spare.get(kept)
      if (left !== undefined && left >= asked) {
        spare.set(kept, left - asked)
        continue
      }
      const lack = asked - (left ?? 0n)
      const lease = kept.leases.get(owner.id) ?? { granted: zeroUsd, held: zeroUsd, charged: zeroUsd, grants: 0 }
      const share = this.#shareOf(less(roomOf(kept)))
      const lent = share > lack ? share : lack
      spare.set(kept, lent - lack)
      lease.granted = picoUsd(lease.granted + lent)
      lease.grants = owner.lastCall
      kept.leases.set(owner.id, lease)
    }
    return true
  }

  #shareOf(room: PicoUsd): bigint {
    const owners = BigInt(this.#owners.size)
    return owners > 1n ? room / (SLICES * owners) : room
  }

  #leasesOf(owner: KeptOwner, { has, wants }: LeaseCall): Lease[] {
    const named = [...has, ...wants.flatMap(({ lacks }) => lacks)].map(({ budget }) => budget.id)
    return [...new Set(named)].flatMap((budgetId) => {
      const kept = this.#budgets.get(budgetId)
      const lease = kept?.leases.get(owner.id)
      if (kept === undefined || lease === undefined) return []
      const { granted, grants } = lease
      return [{ budgetId, budgetNumber: kept.number, granted, grants, recalled: less(zeroUsd, roomOf(kept)) }]
    })
  }

  #shortages(owner: KeptOwner, { lacks }: Want, debts: ReadonlyMap<string, PicoUsd>, spare: Spare): Shortage[] {
    return lacks.flatMap(({ budget, amount }) => {
      const kept = this.#keptOf(budget)
      const room = roomOf(kept)
      if (amount === 0n || room + (spare.get(kept) ?? 0n) >= less(amount, debts.get(budget.id))) return []
      return [{ budgetId: budget.id, room, holders: this.#holders(kept, owner.id) }]
    })
  }

  #holders({ leases }: KeptBudget, asks: OwnerId): Holder[] {
    return [...leases].flatMap(([owner, { granted, charged, grants }]) => {
      const left = picoUsd(granted - charged)
      return owner === asks || left <= 0n ? [] : [{ owner, left, grants, heard: this.#owners.get(owner)?.heard ?? 0 }]
    })
  }

  #keptOf(budget: Budget): KeptBudget {
    const known = this.#budgets.get(budget.id)
    if (known !== undefined) {
      noteCap(known, budget)
      return known
    }
    this.#lastNumber += 1
    const kept: KeptBudget = {
      id: budget.id,
      number: this.#lastNumber,
      endsAt: budget.endsAt,
      before: this.#spentBefore(budget, this.#lastNumber),
      cap: budget.cap,
      revision: budget.applied.limit.revision,
      spent: zeroUsd,
      leases: new Map(),
    }
    this.#budgets.set(kept.id, kept)
    this.#byNumber.set(kept.number, kept)
    this.#latestStart = Math.max(this.#latestStart, budget.startsAt)
    if (kept.number % MADE_BETWEEN_LOOKS === 0) this.#forgetThoseOver()
    return kept
  }

  /** A window that began says what time it is: those that ended a good while before are over. */
  #forgetThoseOver(): void {
    for (const { id, number, endsAt, leases } of this.#budgets.values()) {
      if (endsAt + LATE_MS > this.#latestStart || leases.size > 0) continue
      this.#budgets.delete(id)
      this.#byNumber.delete(number)
    }
  }
}

/** The budgets of a process that nobody shares. */
export interface OwnBudgets extends Budgets {
  /** A row has been kept. */
  settled(row: { readonly budgets?: readonly number[] | undefined; readonly charge?: PicoUsd | undefined }): void
}

/** Where there is one process, which keeps no ledger that outlives it. */
export function ownBudgets(spentBefore?: SpentBefore): OwnBudgets {
  const books = new MemoryBudgets(spentBefore)
  const owner = books.begin()
  let process: HoldingProcess | undefined
  return {
    exchange: (call) => new Promise((resolve) => resolve(books.carryOut(owner, call))),
    asks: (asked) => void (process = asked),
    standing: (budgets) => new Promise((resolve) => resolve(withHeld(books.standing(budgets), budgets, process))),
    settled: ({ budgets, charge }) => books.charge(owner, budgets, charge),
  }
}

/** Where one process holds everything, it knows best what is held. */
export const withHeld = (
  standings: readonly BudgetStanding[],
  budgets: readonly Budget[],
  process: HoldingProcess | undefined,
): BudgetStanding[] =>
  standings.map((standing, index) => {
    const budget = budgets[index]
    return process === undefined || budget === undefined ? standing : { ...standing, held: process.held(budget.id) }
  })

function noteCap(kept: KeptBudget, { cap, applied: { limit } }: Budget): void {
  if (limit.revision <= kept.revision) return
  kept.cap = cap
  kept.revision = limit.revision
}

/** What its rows charged counts as spent, and no lease is left. */
function letGo(kept: KeptBudget, owner: OwnerId): void {
  kept.spent = picoUsd(kept.spent + (kept.leases.get(owner)?.charged ?? 0n))
  kept.leases.delete(owner)
}

/** The cap, less what was ever lent and has not come back, or was charged where that is more. */
function roomOf({ cap, before, spent, leases }: KeptBudget): PicoUsd {
  let room = cap - before - spent
  for (const { granted, charged } of leases.values()) room -= granted > charged ? granted : charged
  return picoUsd(room)
}

/** What one is more than the other; nothing when it is not. */
const less = (one: PicoUsd, other: PicoUsd = zeroUsd): PicoUsd => (one > other ? picoUsd(one - other) : zeroUsd)
