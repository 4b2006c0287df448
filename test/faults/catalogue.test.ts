import { ask } from './ask.ts'
import { catalogue } from './catalogue.ts'
import type { Observed } from './fault-row.ts'
import { expectNoSecret, judge } from './judge.ts'
import { watchNeighbours, type Neighbours } from './neighbours.ts'
import { openRig, type Rig } from './rig.ts'

let rig: Rig
let neighbours: Neighbours

beforeAll(async () => {
  rig = await openRig()
  neighbours = watchNeighbours(rig)
})

afterAll(async () => {
  await rig?.close()
})

describe.each(catalogue)('$id: $fault', ({ id, cases, atOnce = 10 }) => {
  let observed: readonly Observed[] = []

  beforeAll(async () => {
    rig.log.length = 0
    observed = await neighbours.while(() => inTurns(cases, atOnce, (fault) => ask(rig, id, fault)))
    await rig.quiet()
  })

  test.each(cases.map((fault, index) => ({ ...fault, fault, index })))('$way, $at', ({ fault, index }) => {
    const seen = observed[index]
    if (seen === undefined) throw new Error('It was not asked.')
    judge(fault, seen)
  })

  test('tells no secret, and keeps nothing busy', () => {
    expectNoSecret(rig, observed)
    expect(rig.trusted).toEqual([])
    // Nothing was followed anywhere.
    expect(rig.faulty.seen.filter(({ path }) => !path.endsWith('/chat/completions'))).toEqual([])
    for (const { model } of observed) {
      const targets = rig.app.parts.live.current.engine.table.find(model)?.targets ?? []
      expect(targets.map(({ health }) => health.inFlight)).toEqual(targets.map(() => 0))
    }
  })
})

/** Does `work` on each item, on so many at once. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const left = [...items.entries()]
  const go = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await work(next[1])
  }
  await Promise.all(Array.from({ length: atOnce }, go))
  return results
}
