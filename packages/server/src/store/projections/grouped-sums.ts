import type { UsageGroup } from '../store.ts'
import { GroupTable } from './group-table.ts'
import { addSomeSums } from './sums.ts'
import { SUMS } from './sum-columns.ts'
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

/** What stands where in a row of numbers. */
export interface RowLayout {
  /** The places of {@link GroupedSums.sources}. */
  readonly sources: readonly number[]
  /** Where the sums begin. */
  readonly from: number
  /** Which sums these are: their places in a list of those of every row and of {@link GroupedSums.counts}. */
  readonly which: readonly number[]
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
  readonly #groups: GroupTable
  /** The names' places that the row at hand counts under, where it counts in one group. */
  readonly #group: number[]
  readonly #width: number
  #sums = new Float64Array(1024)

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
    this.#groups = new GroupTable(by.length)
    this.#group = by.map(() => 0)
    this.#width = SUMS.length + counts.length
  }

  /** How many groups there are. */
  get count(): number {
    return this.#groups.count
  }

  /** Forgets all but the groups that came first. */
  truncate(count: number): void {
    this.#sums.fill(0, count * this.#width, this.#groups.count * this.#width)
    this.#groups.truncate(count)
  }

  add(row: readonly number[], layout: RowLayout): void {
    let isOne = true
    let index = 0
    for (const dimension of this.#dimensions) {
      const places = this.#placesOf(dimension, row[layout.sources[dimension.at] ?? 0] ?? 0)
      isOne &&= places.length === 1
      this.#group[index] = places[0] ?? 0
      index += 1
    }
    if (isOne) return this.#addTo(this.#group, row, layout)
    const several = this.#dimensions.map((dimension) =>
      this.#placesOf(dimension, row[layout.sources[dimension.at] ?? 0] ?? 0),
    )
    for (const group of combinations(several)) this.#addTo(group, row, layout)
  }

  /** @param others the same sums of other groups, of which none is in here. */
  pack(most = Infinity, others?: GroupedSums): PackedTotals {
    const own = this.#groups.count
    const size = own + (others?.count ?? 0)
    if (size > most)
      return { size, counts: this.counts, names: [], groups: new Uint32Array(), sums: new Float64Array() }
    const depth = this.#dimensions.length
    const groups = new Uint32Array(size * depth)
    groups.set(this.#groups.numbers())
    const sums = new Float64Array(size * this.#width)
    sums.set(this.#sums.subarray(0, own * this.#width))
    if (others !== undefined) {
      const places = others.#names.map((name) => this.#placeOf(name))
      groups.set(
        others.#groups.numbers().map((place) => places[place] ?? 0),
        own * depth,
      )
      sums.set(others.#sums.subarray(0, others.count * this.#width), own * this.#width)
    }
    return { size, counts: this.counts, names: this.#names, groups, sums }
  }

  #addTo(group: readonly number[], row: readonly number[], layout: RowLayout): void {
    const before = this.#groups.count
    const start = this.#groups.placeOf(group) * this.#width
    if (this.#groups.count > before && start + this.#width > this.#sums.length) {
      const larger = new Float64Array(this.#sums.length * 2 + this.#width)
      larger.set(this.#sums)
      this.#sums = larger
    }
    addSomeSums(this.#sums, start, row, layout.from, layout.which)
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
