import { SpekaError } from '@speka/core'
import type { BudgetsProcess, BudgetsWorld } from '../../../../core/src/limits/budgets.contract.ts'
import { describeBudgets } from '../../../../core/src/limits/budgets.contract.ts'

import { beforeOf, carryOut, note, unknownIn, wantedIn } from './carry-out.ts'
import { letGo, type KeptBudget } from './kept-budget.ts'
import type { LeaseAnswer, SentBudget, SentCall } from './lease-messages.ts'
import { storeBudgets } from './store-budgets.ts'

describeBudgets('tables that are kept in memory', { open: async () => memoryTables(), runs: 100 })

/** What databases do for leases, with their tables in memory. */
function memoryTables(): BudgetsWorld {
  const kept: KeptBudget[] = []
  const owners = new Map<number, { lastCall: number; heard: number }>()
  let lastOwner = 0
  const begin = (): number => {
    lastOwner += 1
    owners.set(lastOwner, { lastCall: 0, heard: 0 })
    return lastOwner
  }

  function exchange(id: number, call: SentCall): LeaseAnswer {
    const owner = owners.get(id)
    if (owner === undefined || call.number <= owner.lastCall) throw new SpekaError('storage_unavailable', 'overtaken')
    owner.heard += 1
    const budgets = call.budgets.map((sent) => kept.find((one) => one.id === sent.id))
    const unknown = unknownIn(call, budgets)
    if (unknown.length > 0) return { unknown }
    owner.lastCall = call.number
    const wanted = wantedIn(call)
    for (const [index, sent] of call.budgets.entries()) {
      const budget = budgets[index]
      if (budget !== undefined) note(budget, sent)
      else if (wanted.has(index)) kept.push((budgets[index] = keptOf(sent, kept.length + 1)))
    }
    const heardOf = (other: number): number => owners.get(other)?.heard ?? 0
    return carryOut(call, { owner: id, call: call.number, alive: owners.size, budgets, heardOf })
  }

  return {
    async start(): Promise<BudgetsProcess> {
      let owner = begin()
      let told = owner
      const budgets = storeBudgets({
        handedOver: async () => {},
        async exchange(call) {
          if (!owners.has(owner)) owner = begin()
          if (told === owner) return exchange(owner, call)
          told = owner
          return { owner, has: [], shortages: call.wants.map(() => []) }
        },
        beat: async () => true,
        spent: async (windows) => windows.map(({ id }) => spentOf(kept.find((one) => one.id === id))),
        clock: { after: () => () => {} },
      })
      return {
        budgets,
        async settle({ charge, budgets: numbers }) {
          if (!owners.has(owner)) throw new SpekaError('storage_unavailable', 'taken for ended')
          for (const number of numbers) {
            const budget = kept[number - 1]
            const lease = budget?.leases.get(owner)
            if (lease !== undefined) lease.charged += charge
            else if (budget !== undefined) budget.spent += charge
          }
        },
        async end() {
          owners.delete(owner)
          for (const budget of kept) letGo(budget, owner)
        },
      }
    },
    close: async () => {},
  }
}

const keptOf = (sent: SentBudget, number: number): KeptBudget => ({
  ...beforeOf(sent),
  id: sent.id,
  number,
  cap: sent.cap,
  revision: sent.revision,
  spent: 0n,
  leases: new Map(),
})

function spentOf(budget: KeptBudget | undefined) {
  const leases = [...(budget?.leases.values() ?? [])]
  const sum = (of: 'charged' | 'held') => leases.reduce((all, lease) => all + lease[of], 0n)
  return {
    charged: (budget?.spent ?? 0n) + sum('charged'),
    held: sum('held'),
    before: budget?.before,
    window: undefined,
  }
}

const sent = (more: Partial<SentBudget> = {}): SentBudget => ({
  id: 'b',
  cap: 100n,
  revision: 1,
  isKnown: true,
  before: undefined,
  ...more,
})

const estimate = { amount: 30n, isFinal: false }
const final = { amount: 35n, isFinal: true }

const calling = (budget: SentBudget, isWanted = true): SentCall => ({
  number: 1,
  budgets: [budget],
  has: [],
  wants: isWanted ? [{ lacks: [{ budget: 0, amount: 1n }] }] : [],
})

describe('what a budget had spent before rows named it', () => {
  test.each([
    { what: 'of one that nobody has asked for', there: undefined, said: sent(), asks: true },
    {
      what: 'of one that nobody has asked for, said with the call',
      there: undefined,
      said: sent({ before: estimate }),
      asks: false,
    },
    { what: 'once all processes know of its limit', there: estimate, said: sent(), asks: true },
    { what: 'as long as some may not know of its limit', there: estimate, said: sent({ isKnown: false }), asks: false },
    {
      what: 'which may still grow, as said with the call',
      there: estimate,
      said: sent({ before: estimate }),
      asks: true,
    },
    { what: 'said with the call for good', there: estimate, said: sent({ before: final }), asks: false },
    { what: 'that is known for good', there: final, said: sent(), asks: false },
  ])('is asked for as long as it is not known: $what ($asks)', ({ there, said, asks }) => {
    const budget = there && keptOf(sent({ before: there }), 1)
    expect(unknownIn(calling(said), [budget])).toEqual(asks ? ['b'] : [])
    expect(unknownIn(calling(said, false), [budget])).toEqual([])
  })

  test.each([
    { there: estimate, said: final, known: { before: 35n, isFinal: true } },
    { there: estimate, said: { ...estimate, amount: 40n }, known: { before: 30n, isFinal: false } },
    { there: { ...final, amount: 20n }, said: final, known: { before: 20n, isFinal: true } },
    { there: estimate, said: undefined, known: { before: 30n, isFinal: false } },
    { there: undefined, said: final, known: { before: 35n, isFinal: true } },
  ])('stays as it is once it is known for good ($there, $said)', ({ there, said, known }) => {
    const budget = keptOf(sent({ before: there }), 1)
    note(budget, sent({ before: said }))
    expect(budget).toMatchObject({ ...known, cap: 100n, revision: 1 })
  })

  test('is nothing where a call does not say it, and may still grow', () => {
    expect(beforeOf(sent())).toEqual({ before: 0n, isFinal: false })
  })
})

test('of two caps the one of the later revision is in force', () => {
  const budget = keptOf(sent({ revision: 4 }), 1)
  note(budget, sent({ cap: 70n, revision: 3 }))
  expect(budget).toMatchObject({ cap: 100n, revision: 4 })
  note(budget, sent({ cap: 70n, revision: 5 }))
  expect(budget).toMatchObject({ cap: 70n, revision: 5 })
})

test('what a window had spent before is not lent', async () => {
  const lease = {
    number: 1,
    budgets: [sent({ before: final })],
    has: [],
    wants: [{ lacks: [{ budget: 0, amount: 1n }] }],
  }
  const budget = keptOf(sent({ before: final }), 9)
  const answer = carryOut(lease, { owner: 2, call: 1, alive: 1, budgets: [budget], heardOf: () => 0 })
  expect(answer).toMatchObject({ has: [{ budgetNumber: 9, granted: 65n }] })
})
