import type { UsageGroup } from '../store.ts'
import { HOUR_MS } from './batch.ts'
import type { LabelSets } from './label-sets.ts'
import type { TextNumbers } from './text-numbers.ts'

/** A column of the sums, or what is made of one. */
export type Source = 'hour' | 'day' | 'account' | 'key' | 'labels' | 'model' | 'provider' | 'customer'

/** What sums can be grouped by: the column it is read from, and what its number is called. */
interface Dimension {
  readonly source: Source
  /** Several for what counts in several groups. */
  readonly names: (number: number, parts: NameParts) => readonly (string | undefined)[]
}

export interface NameParts {
  readonly texts: Pick<TextNumbers, 'textOf'>
  readonly labels: LabelSets
}

const asText: Dimension['names'] = (number, { texts }) => [texts.textOf(number)]
const DAY_MS = 24 * HOUR_MS

export const usageDimensions: Readonly<Record<UsageGroup, Dimension>> = {
  key: { source: 'key', names: asText },
  model: { source: 'model', names: asText },
  day: { source: 'day', names: (day) => [new Date(day * DAY_MS).toISOString().slice(0, 10)] },
  hour: { source: 'hour', names: (hour) => [`${new Date(hour * HOUR_MS).toISOString().slice(0, 16)}Z`] },
  team: { source: 'labels', names: (id, { labels }) => [labels(id).team] },
  environment: { source: 'labels', names: (id, { labels }) => [labels(id).environment] },
  member: { source: 'labels', names: (id, { labels }) => [labels(id).member] },
  customer: { source: 'customer', names: asText },
  tag: { source: 'labels', names: (id, { labels }) => someOrNone(labels(id).tags) },
  account: { source: 'account', names: asText },
  provider: { source: 'provider', names: asText },
}

const someOrNone = (tags: readonly string[] = []): readonly (string | undefined)[] =>
  tags.length === 0 ? [undefined] : tags
