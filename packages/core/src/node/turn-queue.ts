/**
 * Gathers what one turn of the event loop brings, and takes it all in a row at the turn's end, in order of arrival. The
 * same work done many times in a row finds its code and its data still in the processor's caches: under load that is
 * worth more than it costs to wait for the rest of the turn.
 */
export class TurnQueue<Item> {
  readonly #take: (item: Item) => void
  #items: Item[] = []

  /** @param take must not throw: the rest of the turn would be lost. */
  constructor(take: (item: Item) => void) {
    this.#take = take
  }

  add(item: Item): void {
    if (this.#items.length === 0) setImmediate(this.#takeAll)
    this.#items.push(item)
  }

  readonly #takeAll = (): void => {
    const items = this.#items
    this.#items = []
    for (const item of items) this.#take(item)
  }
}
