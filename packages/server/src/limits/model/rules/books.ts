import type { Amount, BudgetId, Holder, OwnerId, RequestId, Row } from './messages.ts'

export interface Lease {
  /** All that was ever granted and not given back, what rows charged included. */
  granted: Amount
  number: number
}

export interface StoredOwner {
  readonly id: OwnerId
  readonly boot: number
  state: 'alive' | 'lost' | 'dead'
  /** When it was last heard, by the store's clock. */
  heard: number
  /** How often it was heard. */
  heardTimes: number
  lastCall: number
  lastN: number
  readonly leases: Map<BudgetId, Lease>
  /** Rows of it that count in caps. */
  readonly charged: Map<BudgetId, Amount>
  readonly rows: StoredRow[]
  /** How it died, and what of its lease returned then. */
  end: (End & { readonly lapsed: ReadonlyMap<BudgetId, Amount> }) | undefined
}

export interface StoredRow extends Row {
  readonly n: number
  /** Replayed after its owner was dead: it counts in the ledger, and in no cap. */
  readonly late: boolean
}

export interface End {
  readonly by: 'word' | 'reserve' | 'boot'
  readonly at: number
}

/** The tables of the store: owners, leases, caps, rows. Each method is a statement of a transaction. */
export class Books {
  readonly caps = new Map<BudgetId, Amount>()
  readonly owners = new Map<OwnerId, StoredOwner>()
  readonly rows = new Map<RequestId, OwnerId>()

  register(boot: number, now: number): OwnerId {
    const id = this.owners.size + 1
    this.owners.set(id, {
      id,
      boot,
      state: 'alive',
      heard: now,
      heardTimes: 0,
      lastCall: 0,
      lastN: 0,
      leases: new Map(),
      charged: new Map(),
      rows: [],
      end: undefined,
    })
    return id
  }

  owner(id: OwnerId): StoredOwner {
    const owner = this.owners.get(id)
    if (owner === undefined) throw new Error(`no owner has the id ${id}`)
    return owner
  }

  lease(id: OwnerId, budget: BudgetId): Lease {
    const { leases } = this.owner(id)
    const lease = leases.get(budget) ?? { granted: 0, number: 0 }
    leases.set(budget, lease)
    return lease
  }

  charged(id: OwnerId, budget: BudgetId): Amount {
    return this.owner(id).charged.get(budget) ?? 0
  }

  granted(budget: BudgetId): Amount {
    let sum = 0
    for (const { leases } of this.owners.values()) sum += leases.get(budget)?.granted ?? 0
    return sum
  }

  /** What can be granted. */
  room(budget: BudgetId): Amount {
    let room = this.caps.get(budget) ?? 0
    for (const { leases, charged } of this.owners.values()) {
      room -= Math.max(leases.get(budget)?.granted ?? 0, charged.get(budget) ?? 0)
    }
    return room
  }

  holders(budget: BudgetId): Holder[] {
    return [...this.owners.values()].flatMap(({ id, state, heardTimes, leases, charged }) => {
      const lease = leases.get(budget)
      const left = (lease?.granted ?? 0) - (charged.get(budget) ?? 0)
      if (state === 'dead' || lease === undefined || left <= 0) return []
      return [{ owner: id, left, number: lease.number, heard: heardTimes, lost: state === 'lost' }]
    })
  }

  insert(id: OwnerId, row: Row, how: { late: boolean; numbersKnown: boolean }): void {
    const owner = this.owner(id)
    if (this.rows.has(row.id)) {
      if (how.numbersKnown) owner.lastN += 1
      return
    }
    owner.lastN += 1
    owner.rows.push({ ...row, n: row.n ?? owner.lastN, late: how.late })
    this.rows.set(row.id, id)
    if (how.late) return
    for (const budget of row.budgets) {
      owner.charged.set(budget, (owner.charged.get(budget) ?? 0) + row.charge)
    }
  }

  /** A loss of power where leases are not synced: they are as they were before, retirements too. Rows and ids are synced. */
  loseUnsynced(leases: ReadonlyMap<OwnerId, ReadonlyMap<BudgetId, Amount>>): void {
    for (const owner of this.owners.values()) {
      for (const [budget, lease] of owner.leases) lease.granted = leases.get(owner.id)?.get(budget) ?? 0
      owner.state = 'alive'
      owner.end = undefined
    }
  }

  /** The lease returns, less what rows charged. */
  retire(id: OwnerId, end: End): void {
    const owner = this.owner(id)
    if (owner.state === 'dead') return
    const lapsed = new Map<BudgetId, Amount>()
    for (const [budget, lease] of owner.leases) {
      const charged = owner.charged.get(budget) ?? 0
      lapsed.set(budget, lease.granted - charged)
      lease.granted = charged
    }
    owner.state = 'dead'
    owner.end = { ...end, lapsed }
  }
}
