import { told, type Figure } from '../faults/long-run/figure.ts'
import type { BudgetRun } from './budget-run.ts'
import { exactly } from './other-rates.ts'
import type { RateRun } from './rate-run.ts'

const away = (amount: bigint): bigint => (amount < 0n ? -amount : amount)

/** What budgets came to that were spent. */
export function budgetFigures(
  name: string,
  { mayBeUnknown }: { readonly mayBeUnknown?: boolean },
  runs: readonly BudgetRun[],
): readonly Figure[] {
  const sum = (of: (run: BudgetRun) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const most = (of: (run: BudgetRun) => bigint): bigint =>
    runs.map(of).reduce((greatest, amount) => (amount > greatest ? amount : greatest), 0n)
  const { length } = runs
  const asked = sum(({ count }) => Object.values(count).reduce((total, of) => total + of, 0))
  const unknown = sum(({ count }) => count.unknown)
  return [
    told(`budgets spent by three processes, ${name}; requests`, `${length}, ${asked}`),
    told(
      '  whole, refused, exhausted, cut, broken',
      (['complete', 'refused', 'exhausted', 'cut', 'broken'] as const)
        .map((ending) => sum(({ count }) => count[ending]))
        .join(', '),
    ),
    exactly(
      '  charged beyond the cap, pico-dollars',
      most(({ overshoot }) => overshoot),
      0n,
    ),
    exactly(
      '  owed to the upstream for whole answers beyond it',
      most((run) => run.overshootOfTruth),
      0n,
    ),
    exactly(
      '  whole answers that are charged otherwise',
      sum(({ wrong }) => wrong.length),
      0,
    ),
    exactly(
      '  refusals that need not have been',
      sum((run) => run.falseRefusals.length),
      0,
    ),
    mayBeUnknown === true
      ? told('  503, cannot be known, meanwhile', String(unknown))
      : exactly('  503, cannot be known', unknown, 0),
    exactly(
      '  503, cannot be known, once all was well',
      sum(({ unknownInCalm }) => unknownInCalm),
      0,
    ),
    exactly(
      '  held at rest',
      most(({ heldAtRest }) => heldAtRest),
      0n,
    ),
    exactly(
      '  spent, as /v1/key has it, and as the rows do',
      most(({ toldWrong }) => away(toldWrong)),
      0n,
    ),
    exactly(
      '  left, and not to be had by one request',
      most(({ notToBeHad }) => notToBeHad),
      0n,
    ),
    exactly(
      '  anything else',
      sum(({ troubles }) => troubles.length),
      0,
    ),
  ]
}

/** What a rate came to that was asked for again and again. */
export function rateFigures(how: string, { rpm, sent, strange, ...run }: RateRun, busy: boolean): readonly Figure[] {
  const most = busy ? run.mostForCertain : run.most
  const share = run.admitted / run.ideal
  return [
    told(`${rpm} a minute${how}: asked for, and admitted`, `${sent}, ${run.admitted}`),
    {
      name: '  the most in 60 s, for certain, and by arrival',
      value: `${run.mostForCertain}, ${run.most}`,
      wanted: `at most ${rpm}`,
      reached: most <= rpm,
    },
    {
      name: '  of what is allowed, in per cent',
      value: (share * 100).toFixed(1),
      wanted: how === '' ? 'at least 98' : 'at least 90',
      reached: share >= (how === '' ? 0.98 : 0.9),
    },
    // On a busy machine the first second, in which others use what they were handed, may be longer.
    busy
      ? told('  told to come back too late', String(run.toldTooLate))
      : exactly('  told to come back too late', run.toldTooLate, 0),
    ...(strange.length > 0 ? [exactly(`  ended otherwise: ${strange[0]}`, strange.length, 0)] : []),
  ]
}
