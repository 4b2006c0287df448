import fc from 'fast-check'
import type { BudgetsWorld } from '../budgets.contract.ts'
import type { Budget } from '../budgets.ts'
import { testBudget, withCap } from './budget.ts'
import { TestOwner } from './test-owner.ts'

/** What happens next to three owners and two budgets, of which the first has a cap that moves. */
export type Step =
  | { readonly does: 'admit'; readonly owner: number; readonly both: boolean; readonly amount: number }
  | { readonly does: 'settle' | 'release' | 'give back' | 'let go' | 'end' | 'repeat'; readonly owner: number }
  | { readonly does: 'lose'; readonly owner: number; readonly amount: number }
  | { readonly does: 'cap'; readonly amount: number }

const anyOwner = fc.integer({ min: 0, max: 2 })
const amount = fc.integer({ min: 1, max: 60 })

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant('admit' as const), owner: anyOwner, both: fc.boolean(), amount }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom('settle' as const, 'release' as const, 'give back' as const, 'let go' as const),
      owner: anyOwner,
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('end' as const, 'repeat' as const), owner: anyOwner }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('lose' as const), owner: anyOwner, amount }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('cap' as const), amount: fc.integer({ min: 0, max: 200 }) }) },
)

/** Runs random steps of three owners on two budgets, and holds the store to what must never happen. */
export async function runSchedule(world: BudgetsWorld, steps: readonly Step[]): Promise<void> {
  let first = testBudget(100)
  // Of another key, so that what is charged in the first alone is nothing that this one's window has spent.
  const second = testBudget(80, { subject: { kind: 'key', id: 'key_B', account: 'default' } })
  const owners = [
    new TestOwner(await world.start()),
    new TestOwner(await world.start()),
    new TestOwner(await world.start()),
  ]
  const ended = new Map<string, bigint>()

  /** All that owners have, or had spent by their end: never lifted above the cap by a grant. */
  const out = ({ id }: Budget): bigint => owners.reduce((sum, owner) => sum + owner.grantedOf(id), ended.get(id) ?? 0n)

  async function admit(owner: TestOwner, budgets: readonly Budget[], amount: number): Promise<void> {
    const lacks = budgets.map((budget): [Budget, bigint] => [budget, BigInt(amount) - owner.idle(budget)])
    const lacking = lacks.filter(([, lack]) => lack > 0n)
    if (lacking.length > 0) {
      const reply = await owner.ask([lacking])
      if (reply.shortages[0] !== undefined) return
      for (const [budget] of lacking) expect(out(budget)).toBeLessThanOrEqual(budget.cap)
    }
    for (const budget of budgets) {
      expect(owner.idle(budget)).toBeGreaterThanOrEqual(BigInt(amount))
      owner.hold(budget, amount)
    }
  }

  for (const one of steps) {
    if (one.does === 'cap') {
      first = withCap(first, one.amount)
      continue
    }
    const owner = owners[one.owner]!
    switch (one.does) {
      case 'admit':
        await admit(owner, one.both ? [first, second] : [first], one.amount)
        break
      case 'settle':
        if (owner.held(first) > 0n) await owner.settle(owner.held(first), first)
        break
      case 'release':
        owner.hold(second, -owner.held(second))
        break
      case 'give back':
        await owner.giveBack(first, owner.idle(first))
        break
      case 'let go':
        if (owner.held(second) === 0n) await owner.letGo(second)
        break
      case 'lose':
        await owner.ask([[[second, one.amount]]], { lost: true })
        break
      case 'repeat':
        await owner.repeat()
        break
      case 'end':
        for (const { id } of [first, second]) ended.set(id, (ended.get(id) ?? 0n) + owner.chargedOf(id))
        await owner.process.end()
        owners[one.owner] = new TestOwner(await world.start())
    }
  }

  // At rest all that is left can be had by one request, and one unit more cannot.
  for (const owner of owners) for (const budget of [first, second]) await owner.rest(budget)
  const last = owners[0]!
  for (const budget of [first, second]) {
    const [standing] = await last.budgets.standing([budget])
    const charged = owners.reduce((sum, owner) => sum + owner.chargedOf(budget.id), ended.get(budget.id) ?? 0n)
    expect(standing).toEqual({ spent: charged, held: 0n })
    const left = budget.cap - charged
    const more = await last.ask([[[budget, left + 1n > 0n ? left + 1n : 1n]]])
    expect(more.shortages).toEqual([[{ budgetId: budget.id, room: left, holders: [] }]])
    if (left > 0n) expect((await last.ask([[[budget, left]]])).shortages).toEqual([undefined])
  }
}
