interface Piece {
  readonly index?: number | undefined
  readonly id?: string | null | undefined
}

/**
 * Tells the tool calls of a stream apart. Some upstreams give several calls one index, and only their ids differ: a piece
 * with an id that was not there before begins a call, and one without belongs to the call that its index had last.
 */
export class ToolCallNumbers {
  readonly #lastOfIndex = new Map<number | undefined, { id: string | undefined; number: number }>()
  readonly #ofId = new Map<string, number>()
  #count = 0

  /** Which call a piece belongs to, counted from 0 in order of their beginnings. */
  of({ index, id: given }: Piece): number {
    const id = given == null || given === '' ? undefined : given
    const last = this.#lastOfIndex.get(index)
    if (last !== undefined && (id === undefined || last.id === undefined || last.id === id)) {
      last.id ??= id
      if (id !== undefined) this.#ofId.set(id, last.number)
      return last.number
    }
    const number = (id === undefined ? undefined : this.#ofId.get(id)) ?? this.#count
    if (number === this.#count) this.#count += 1
    if (id !== undefined) this.#ofId.set(id, number)
    this.#lastOfIndex.set(index, { id, number })
    return number
  }
}
