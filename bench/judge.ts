import type { Spread } from './measure/statistics.ts'
import type { Results } from './results.ts'
import type { Target } from './targets.ts'

/** What became of a target. */
export interface Verdict {
  readonly target: Target
  /** Missing when every round was refused. */
  readonly spread: Spread | undefined
  readonly outcome: 'aim' | 'met' | 'missed' | 'not measured'
}

/** Holds the results against the targets. A target that could not be measured is not met. */
export function judge(results: Results, targets: readonly Target[]): Verdict[] {
  return targets.map((target) => {
    const spread = results.compared(target.scenario, 'speka', target.metric, target)
    return { target, spread, outcome: outcomeOf(target, spread?.median) }
  })
}

function outcomeOf({ atLeast, atMost = Infinity, aim }: Target, value: number | undefined): Verdict['outcome'] {
  if (value === undefined) return 'not measured'
  const isLower = atLeast === undefined
  if (isLower ? value > atMost : value < atLeast) return 'missed'
  if (aim === undefined) return 'met'
  return (isLower ? value <= aim : value >= aim) ? 'aim' : 'met'
}

/** Verdicts that make the benchmark fail. */
export const failures = (verdicts: readonly Verdict[]): Verdict[] =>
  verdicts.filter(({ outcome }) => outcome === 'missed' || outcome === 'not measured')

/** One line: `missed: req/s at 16 connections, … is 0.39 (0.35–0.41), must be at least 0.45`. */
export function verdictLine({ target, spread, outcome }: Verdict): string {
  const { words, atLeast, atMost, aim } = target
  const bound = atLeast === undefined ? `at most ${shown(atMost)}` : `at least ${shown(atLeast)}`
  const aimed = aim === undefined ? '' : `, aim ${shown(aim)}`
  const value = spread === undefined ? '' : ` is ${shown(spread.median)} (${shown(spread.min)}–${shown(spread.max)})`
  return `${outcome === 'aim' ? 'met, aim too' : outcome}: ${words}${value}, must be ${bound}${aimed}`
}

function shown(value: number | undefined): string {
  if (value === undefined) return '?'
  return Math.abs(value) >= 20 ? Math.round(value).toLocaleString('en') : String(Math.round(value * 100) / 100)
}
