import { model } from '../rules/model.ts'
import { shortTiming, type Rules } from '../rules/rules.ts'
import type { Implementation, RunningOwner } from '../rules/seams.ts'
import type { Oracle } from './oracle.ts'
import type { Schedule } from './schedule.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

export interface Run {
  readonly violation: Violation | undefined
  readonly counts: Oracle['counts']
}

/** Runs a schedule under rules, heals everything, and looks whether all money is where it belongs. By default it is the model that runs. */
export function run(schedule: Schedule, rules: Rules, implementation: Implementation = model): Run {
  const world = new World(schedule, rules, implementation)
  try {
    for (const until of courseOf(world)) world.timeline.runTo(until)
    return { violation: undefined, counts: world.oracle.counts }
  } catch (thrown) {
    return endedBy(thrown, world)
  }
}

/** The same for an implementation that answers with promises. */
export async function runSettling(schedule: Schedule, rules: Rules, implementation: Implementation): Promise<Run> {
  // What is found out when a promise has settled is thrown at nobody.
  let found: unknown
  const world = new World(schedule, rules, {
    answersLater: true,
    openStore: (around) => implementation.openStore(around),
    startProcess: (around) =>
      implementation.startProcess({
        ...around,
        tell(owner, news) {
          try {
            around.tell(owner, news)
          } catch (thrown) {
            found ??= thrown
          }
        },
      }),
  })
  try {
    for (const until of courseOf(world)) {
      await world.timeline.runSettling(until, () => found === undefined)
      if (found !== undefined) throw found
    }
    return { violation: undefined, counts: world.oracle.counts }
  } catch (thrown) {
    return endedBy(thrown, world)
  }
}

function endedBy(thrown: unknown, world: World): Run {
  if (!(thrown instanceof Violation)) throw thrown
  return { violation: thrown, counts: world.oracle.counts }
}

/** What happens in a run; yields up to when time is to pass. */
function* courseOf(world: World): Generator<number, void> {
  const { schedule } = world
  yield schedule.until
  world.heal()
  yield schedule.until + 3 * (shortTiming.lost + shortTiming.reserve)
  if (!schedule.faults && world.oracle.counts.unknown > 0) {
    throw new Violation('calm', 'a request cannot be told, and nothing is broken')
  }
  yield* checkAtRest(world)
}

function* checkAtRest(world: World): Generator<number, void> {
  const { books } = world.store
  const { truth, finished } = world.oracle
  for (const id of finished.keys()) {
    if (!books.rows.has(id)) throw new Violation('durable', `${id} was finished, and has no row`)
  }
  for (const owner of world.owners()) checkOwner(world, owner)
  for (const { id, state, leases } of books.owners.values()) {
    if (state !== 'dead' && truth.open(books, id).length > 0) {
      throw new Violation('I3', `owner ${id} still holds money for ${truth.open(books, id).join(', ')}`)
    }
    for (const [budget, { granted }] of state === 'dead' ? leases : []) {
      if (granted === books.charged(id, budget)) continue
      throw new Violation('I3', `the lease of dead owner ${id} has not returned`)
    }
  }
  for (const [budget, cap] of books.caps) yield* checkBudget(world, budget, cap)
}

function checkOwner(world: World, owner: RunningOwner): void {
  const { books } = world.store
  if (!owner.isFree) throw new Violation('I3', `owner ${owner.id} sets money aside for nothing`)
  for (const [budget, { granted }] of books.owner(owner.id).leases) {
    const left = granted - books.charged(owner.id, budget)
    const idle = owner.idle(budget)
    if (left !== idle) throw new Violation('I3', `owner ${owner.id} has ${idle} of ${budget}, the store says ${left}`)
  }
}

/** All that is left can be had, and no more. */
function* checkBudget(world: World, budget: string, cap: number): Generator<number, void> {
  const { books } = world.store
  const spent = [...books.owners.keys()].reduce((sum, id) => sum + books.charged(id, budget), 0)
  if (books.granted(budget) > Math.max(cap, spent)) {
    throw new Violation('I3', `${budget} was lowered to ${cap}, and ${books.granted(budget)} of it is still lent`)
  }
  const owner = world.random.pick([world.places[0], ...world.places])?.process?.owner
  if (owner === undefined) throw new Violation('I3', 'a process that was started has no owner')
  function* ask(request: string, amount: number): Generator<number, string | undefined> {
    owner?.admit({ request, budgets: [budget], amount, grows: false })
    yield world.timeline.now + shortTiming.wait + shortTiming.wait
    return world.callers.outcomes.get(request)
  }
  const left = Math.max(0, cap - spent)
  const more = yield* ask(`more ${budget}`, left + 1)
  if (more !== 'refused') throw new Violation('I3', `more than what is left of ${budget} is ${more}`)
  const all = left === 0 ? 'admitted' : yield* ask(`all ${budget}`, left)
  if (all !== 'admitted') throw new Violation('I3', `all ${left} that is left of ${budget} is ${all}`)
}
