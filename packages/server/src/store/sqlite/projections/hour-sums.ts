import type { UsageGroup } from '../../store.ts'
import type { GroupedSums, RowLayout } from '../../projections/grouped-sums.ts'
import { MOST_ROWS, type HourRow } from './hour-rows.ts'

/**
 * Sums by hour, as they were asked for last. Groups of one hour are in no other, and stand behind those of the hours before it: of
 * a month that somebody looks at again and again only what is behind the first hour that has changed is added up anew.
 */
export class HourSums {
  #remembered: GroupedSums | undefined
  #by = ''
  /** What is added up, and how many groups there are behind each hour. */
  #hours: { readonly rows: readonly HourRow[]; readonly count: number }[] = []

  /**
   * Adds up rows by groups of which one is the hour.
   *
   * @param empty groups to begin with, where nothing that is remembered is of use.
   * @param hours the rows of each hour: the same list where they are the same.
   * @returns the sums, which are of use until something else is asked.
   */
  of(
    by: readonly UsageGroup[],
    empty: () => GroupedSums,
    hours: readonly (readonly HourRow[])[],
    layout: RowLayout,
  ): GroupedSums {
    const same = this.#by === by.join() ? this.#countSame(hours) : 0
    this.#by = by.join()
    this.#hours.length = same
    const last = this.#hours.at(-1)
    const groups = last === undefined || this.#remembered === undefined ? empty() : this.#remembered
    this.#remembered = groups
    if (last !== undefined) groups.truncate(last.count)
    for (const rows of hours.slice(same)) {
      for (const row of rows) groups.add(row, layout)
      this.#hours.push({ rows, count: groups.count })
    }
    // So many are not remembered as rows either, so none would be the same.
    if (hours.reduce((sum, { length }) => sum + length, 0) > MOST_ROWS) this.#hours = []
    return groups
  }

  /** How many hours are as they were, from the first on. */
  #countSame(hours: readonly (readonly HourRow[])[]): number {
    const changed = this.#hours.findIndex(({ rows }, index) => rows !== hours[index])
    return changed === -1 ? this.#hours.length : changed
  }
}
