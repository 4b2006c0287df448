import fc from 'fast-check'
import { testBudget, withCap } from '../__fixtures__/budget.ts'
import { AdmittingOwners, type Faults } from '../__fixtures__/admitting-owners.ts'
import type { BudgetsSuite, BudgetsWorld } from '../budgets.contract.ts'

type Step =
  | { readonly does: 'request'; readonly owner: number; readonly amount: number; readonly budgets: readonly number[] }
  | { readonly does: 'grow'; readonly which: number; readonly by: number }
  | { readonly does: 'end'; readonly which: number; readonly part: number }
  | { readonly does: 'cap'; readonly budget: number; readonly amount: number }
  | { readonly does: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('request' as const),
      owner: fc.nat(3),
      amount: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 })),
      budgets: fc.constantFrom([0], [1], [0, 1]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('grow' as const), which: fc.nat(), by: fc.integer({ min: 1, max: 15 }) }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('end' as const), which: fc.nat(), part: fc.nat(10) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('cap' as const),
      budget: fc.nat(1),
      amount: fc.integer({ min: 10, max: 150 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(0, 300, 1100) }) },
)

/** Steps that happen at once, burst after burst. */
const bursts = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 })

interface Run {
  readonly broken: string | undefined
  readonly counts: AdmittingOwners['counts']
}

async function run(
  world: BudgetsWorld,
  owners: number,
  schedule: readonly (readonly Step[])[],
  faults: Faults,
): Promise<Run> {
  const all = new AdmittingOwners([testBudget(100), testBudget(60)], faults)
  for (let started = 0; started < owners; started += 1) await all.start(world)
  const counts = { held: 0, exhausted: 0, unknown: 0 }
  for (const burst of schedule) {
    for (const one of burst) await take(one, all)
    await all.settle()
    if (all.broken !== undefined) return { broken: all.broken, counts: all.counts }
  }
  Object.assign(counts, all.counts)
  await all.rest()
  return { broken: all.broken, counts }
}

async function take(one: Step, all: AdmittingOwners): Promise<void> {
  switch (one.does) {
    case 'request':
      return all.request(one.owner, one.amount, one.budgets)
    case 'grow':
      return all.grow(one.which, one.by)
    case 'end':
      return all.end(one.which, one.part)
    case 'cap':
      return all.setCap(one.budget, (budget) => withCap(budget, one.amount))
    case 'wait':
      await all.settle()
      return all.clock.advance(one.ms)
  }
}

/** How the admission behaves with several owners over a store of budgets, whatever that is kept in. */
export function describeAdmission(name: string, { open, runs }: BudgetsSuite): void {
  /** Runs a schedule in a world of its own. */
  async function inWorld(owners: number, schedule: readonly (readonly Step[])[], faults: Faults = {}): Promise<Run> {
    const world = await open()
    try {
      return await run(world, owners, schedule, faults)
    } finally {
      await world.close()
    }
  }

  describe(`admission over budgets in ${name}`, () => {
    test('keeps to every cap, refuses nobody who could be paid for, and leaves nothing behind', async () => {
      const total = { held: 0, exhausted: 0 }
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 4 }), bursts, async (owners, schedule) => {
          const { broken, counts } = await inWorld(owners, schedule)
          expect(broken).toBeUndefined()
          expect(counts.unknown).toBe(0)
          total.held += counts.held
          total.exhausted += counts.exhausted
        }),
        { numRuns: runs, seed: 15 },
      )
      expect(total.held).toBeGreaterThan(2 * runs)
      expect(total.exhausted).toBeGreaterThan(runs)
    })

    test('does so although answers of the store and recalls are lost', async () => {
      const lost = fc.infiniteStream(fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0))
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 2, max: 4 }), bursts, lost, async (owners, schedule, losses) => {
          const loses = (): boolean => losses.next().value === true
          const { broken } = await inWorld(owners, schedule, { losesReply: loses, losesRecall: loses })
          expect(broken).toBeUndefined()
        }),
        { numRuns: runs, seed: 15 },
      )
    })
  })
}
