import type { LabelSet } from '../registry.ts'

/** The labels that stand behind the number in a row; none behind 0. */
export type LabelSets = (id: number) => LabelSet
