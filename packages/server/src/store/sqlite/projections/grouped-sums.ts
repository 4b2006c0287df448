import type { UsageGroup } from '../../store.ts'
import { addSums } from './sums.ts'
import { SUMS } from './tables.ts'
import { usageDimensions, type NameParts, type Source } from './usage-dimensions.ts'

/** The sums of many groups, in a form that crosses to another thread for next to nothing. */
export interface PackedTotals {
  /** How many groups there are. When that is more than was asked for, they are left out. */
  readonly size: number
  /** The names of the units' counts that occur. */
  readonly counts: readonly string[]
  readonly names: readonly (string | undefined)[]
  /** Of each group, what it is called by: places in `names`, as many as it was asked by. */
  readonly groups: Uint32Array
  /** Of each group, its sums: those of every row, then those of `counts`. */
  readonly sums: Float64Array
}

/** The groups of a query as they fill up. */
export class GroupedSums {
  /** The columns that the groups are made of. */
  readonly sources: readonly Source[]
  readonly counts: readonly string[]
  readonly #parts: NameParts
  readonly #dimensions: readonly Dimension[]
  readonly #names: (string | undefined)[] = []
  readonly #places = new Map<string | undefined, number>()
  readonly #known = new Map<string, number>()
  readonly #groups: number[] = []
  readonly #sums: number[] = []

  /** @param counts the names of the units' counts that occur. */
  constructor(parts: NameParts, by: readonly UsageGroup[], counts: readonly string[]) {
    this.#parts = parts
    this.counts = counts
    this.sources = [...new Set(by.map((group) => usageDimensions[group].source))]
    this.#dimensions = by.map((group) => ({
      ...usageDimensions[group],
      at: this.sources.indexOf(usageDimensions[group].source),
      known: new Map(),
    }))
  }

  /** @param numbers those of {@link sources}, and anything behind them. */
  add(numbers: readonly number[], sums: readonly number[]): void {
    const several: (readonly number[])[] = []
    let isOne = true
    for (const dimension of this.#dimensions) {
      const places = this.#placesOf(dimension, numbers[dimension.at] ?? 0)
      isOne &&= places.length === 1
      several.push(places)
    }
    if (isOne)
      this.#addTo(
        several.map(([place = 0]) => place),
        sums,
      )
    else for (const group of combinations(several)) this.#addTo(group, sums)
  }

  pack(most = Infinity): PackedTotals {
    const size = this.#known.size
    if (size > most)
      return { size, counts: this.counts, names: [], groups: new Uint32Array(), sums: new Float64Array() }
    const [groups, sums] = [Uint32Array.from(this.#groups), Float64Array.from(this.#sums)]
    return { size, counts: this.counts, names: this.#names, groups, sums }
  }

  #addTo(group: readonly number[], sums: readonly number[]): void {
    const name = group.join()
    const start = this.#known.get(name)
    if (start !== undefined) return addSums(this.#sums, start, sums)
    this.#known.set(name, this.#sums.length)
    this.#groups.push(...group)
    this.#sums.push(...sums)
  }

  #placesOf({ known, names }: Dimension, number: number): readonly number[] {
    let places = known.get(number)
    if (places === undefined) {
      places = names(number, this.#parts).map((name) => this.#placeOf(name))
      known.set(number, places)
    }
    return places
  }

  #placeOf(name: string | undefined): number {
    let place = this.#places.get(name)
    if (place === undefined) {
      place = this.#names.push(name) - 1
      this.#places.set(name, place)
    }
    return place
  }
}

interface Dimension {
  readonly names: (typeof usageDimensions)[UsageGroup]['names']
  /** Which of the sources it is made of. */
  readonly at: number
  /** Places of names, by the source's number. */
  readonly known: Map<number, readonly number[]>
}

const combinations = (several: readonly (readonly number[])[]): number[][] =>
  several.reduce<number[][]>((all, places) => all.flatMap((before) => places.map((place) => [...before, place])), [[]])

/** How many numbers the sums of one group are. */
export const widthOf = ({ counts }: PackedTotals): number => SUMS.length + counts.length
