import { isAlike, type Difference, type Measure, type Used, type Verdict } from './difference.ts'
import type { Scratch, ScratchSum } from './scratch.ts'
import type { Tally } from './tally.ts'

/**
 * Compares sums by span of time and model.
 *
 * @param ms how long each span is.
 */
export function compareSums(scratch: Scratch, measure: Measure, ms: number, tally: Tally): void {
  for (const { line, key, model, ...used } of scratch.repeated())
    tally.differ({
      ...ofASum,
      verdict: 'double',
      line,
      at: Number(key) * ms,
      model,
      exported: used,
    })
  let waiting: ScratchSum | undefined
  const settle = (exported: ScratchSum | undefined, ledger: ScratchSum | undefined): void => {
    const [theirs, ours] = [exported, ledger === undefined ? undefined : knownOf(ledger)]
    if (isNothing(theirs) && isNothing(ours)) return
    const verdict = verdictOf(theirs, ours, measure)
    if (verdict !== 'matched')
      tally.differ({
        ...ofASum,
        verdict,
        line: exported?.line,
        at: Number((exported ?? ledger)?.key) * ms,
        model: (exported ?? ledger)?.model,
        exported: theirs,
        ledger: ours,
      })
    else if (theirs !== undefined && ours !== undefined) tally.match(theirs, ours)
  }
  for (const sum of scratch.sums()) {
    if (waiting !== undefined && sum.side === 'ledger' && waiting.key === sum.key && waiting.model === sum.model) {
      settle(waiting, sum)
      waiting = undefined
      continue
    }
    if (waiting !== undefined) settle(waiting, undefined)
    waiting = sum.side === 'export' ? sum : undefined
    if (sum.side === 'ledger') settle(undefined, sum)
  }
  if (waiting !== undefined) settle(waiting, undefined)
}

const ofASum = {
  id: undefined,
  request: undefined,
  note: undefined,
  exported: undefined,
  ledger: undefined,
} satisfies Partial<Difference>

/** The cost of a sum is known when that of each part is. */
const knownOf = ({ uncosted, cost, ...used }: ScratchSum): Used => ({
  ...used,
  cost: uncosted === 0 ? cost : undefined,
})

/** Providers list what was not used too. */
const isNothing = (used: Used | undefined): boolean =>
  used === undefined || [used.requests, used.input, used.output, used.cost].every((amount) => !amount)

function verdictOf(exported: Used | undefined, ledger: Used | undefined, measure: Measure): Verdict {
  if (exported === undefined) return 'missing_in_export'
  if (ledger === undefined) return 'missing_in_ledger'
  return isAlike(exported, ledger, measure) ? 'matched' : 'different'
}
