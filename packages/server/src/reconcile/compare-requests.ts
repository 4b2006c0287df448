import { isAlike, type Difference, type Measure, type Verdict } from './difference.ts'
import type { Scratch, ScratchItem } from './scratch.ts'
import type { Tally } from './tally.ts'
import { isWithin, type TimeSpan } from './time-span.ts'

/**
 * Compares requests by the provider's ids. Of an id that both have several times, those go together that cost least, then the
 * next. A line whose id has been there before is there twice, unless the ledger has it as often.
 */
export function compareRequests(scratch: Scratch, measure: Measure, span: TimeSpan, tally: Tally): void {
  let waiting: Numbered | undefined
  const settle = (exported: Numbered | undefined, ledger: Numbered | undefined): void => {
    const verdict = verdictOf(exported, ledger, measure)
    if (verdict === 'matched' && exported !== undefined && ledger !== undefined) tally.match(exported, ledger)
    else if (verdict !== 'matched' && isWithin(ledger?.at ?? exported?.at, span))
      tally.differ(differenceOf(verdict, exported, ledger))
  }
  for (const item of scratch.inPairs()) {
    if (waiting !== undefined && item.side === 'ledger' && waiting.key === item.key && waiting.nth === item.nth) {
      settle(waiting, item)
      waiting = undefined
      continue
    }
    if (waiting !== undefined) settle(waiting, undefined)
    waiting = undefined
    if (item.side === 'export') waiting = item
    else settle(undefined, item)
  }
  if (waiting !== undefined) settle(waiting, undefined)
}

type Numbered = ScratchItem & { readonly nth: number }

function verdictOf(exported: Numbered | undefined, ledger: Numbered | undefined, measure: Measure): Verdict {
  if (exported === undefined) return 'missing_in_export'
  if (ledger !== undefined) return isAlike(exported, ledger, measure) ? 'matched' : 'different'
  // Lines without an id are not the same for that.
  return exported.nth > 1 && exported.key !== '' ? 'double' : 'missing_in_ledger'
}

const differenceOf = (
  verdict: Difference['verdict'],
  exported: ScratchItem | undefined,
  ledger: ScratchItem | undefined,
): Difference => ({
  verdict,
  line: exported?.line,
  id: String(exported?.key ?? ledger?.key),
  request: ledger?.request,
  at: ledger?.at ?? exported?.at,
  model: ledger?.model ?? exported?.model,
  note: ledger?.note,
  exported,
  ledger,
})
