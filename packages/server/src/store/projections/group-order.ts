import { compareNames } from '../usage-groups.ts'
import type { PackedTotals } from './grouped-sums.ts'

/**
 * The groups in the order of their names, those of the first grouping first. Names are few and groups are many, so only names
 * are compared; groups are dealt into piles by them, by the last grouping first.
 *
 * @param depth how many names a group has.
 */
export function inOrder({ size, names, groups }: PackedTotals, depth: number): Uint32Array {
  const ranks = ranksOf(names)
  let order = new Uint32Array(size)
  for (let index = 0; index < size; index += 1) order[index] = index
  for (let at = depth - 1; at >= 0; at -= 1) {
    const rankOf = (index: number): number => ranks[groups[index * depth + at] ?? 0] ?? 0
    const starts = new Uint32Array(names.length + 1)
    for (const index of order) count(starts, rankOf(index) + 1)
    for (let rank = 1; rank < starts.length; rank += 1) starts[rank] = (starts[rank] ?? 0) + (starts[rank - 1] ?? 0)
    const dealt = new Uint32Array(size)
    for (const index of order) dealt[count(starts, rankOf(index))] = index
    order = dealt
  }
  return order
}

/** @returns what there was before. */
function count(counts: Uint32Array, at: number): number {
  const before = counts[at] ?? 0
  counts[at] = before + 1
  return before
}

function ranksOf(names: readonly (string | undefined)[]): Uint32Array {
  const ranks = new Uint32Array(names.length)
  const sorted = [...names.keys()].sort((a, b) => compareNames(names[a], names[b]))
  for (const [rank, place] of sorted.entries()) ranks[place] = rank
  return ranks
}
