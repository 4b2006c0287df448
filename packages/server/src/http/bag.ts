/** What a {@link Bag} can hold: it keeps its own place. */
export interface Bagged {
  /** Where it stands in its bag; -1 while it is in none. For the bag alone. */
  place: number
}

/**
 * A collection for what comes and goes with every request, in no order. Unlike a `Map` or a `Set` it leaves nothing behind
 * that reaches what was removed: their outgrown tables point to the next, so that under load finished requests outlive
 * every scavenge and pile up until a full collection.
 */
export class Bag<Item extends Bagged> {
  readonly #items: Item[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: Item): void {
    if (item.place !== -1) return
    item.place = this.#items.length
    this.#items.push(item)
  }

  delete(item: Item): void {
    if (item.place === -1) return
    const last = this.#items.pop()
    if (last !== undefined && last !== item) {
      this.#items[item.place] = last
      last.place = item.place
    }
    item.place = -1
  }

  /** What is in it now; later changes do not show. */
  list(): Item[] {
    return [...this.#items]
  }
}
