import type { RecallLine } from './budgets.ts'

/** A process on its own: no other can be asked for what it has idle. */
export const unreachedLine: RecallLine = {
  recall: () => Promise.resolve(undefined),
  serve: () => {},
  known: () => {},
}
