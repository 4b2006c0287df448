interface Event {
  readonly at: number
  readonly order: number
  readonly act: () => void
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Long enough for any chain of promises between one event and the next. */
const TURNS = 12

/** A clock that jumps from event to event. */
export class Timeline {
  now = 0
  #events: Event[] = []
  #order = 0

  after(ms: number, act: () => void): void {
    const event = { at: this.now + Math.max(0, ms), order: ++this.#order, act }
    const heap = this.#events
    let place = heap.push(event) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(event, above)) break
      heap[place] = above
      place = parent
    }
    heap[place] = event
  }

  /** Runs everything up to a moment. */
  runTo(until: number, looking: () => boolean = () => true): void {
    for (let first = this.#events[0]; first !== undefined && first.at <= until; first = this.#events[0]) {
      this.#removeFirst()
      this.now = first.at
      first.act()
      if (!looking()) return
    }
    this.now = until
  }

  /** The same, for what answers with promises: they settle between one event and the next. */
  async runSettling(until: number, looking: () => boolean): Promise<void> {
    for (let first = this.#events[0]; first !== undefined && first.at <= until; first = this.#events[0]) {
      this.#removeFirst()
      this.now = first.at
      first.act()
      for (let turn = 0; turn < TURNS; turn += 1) await undefined
      if (!looking()) return
    }
    this.now = until
  }

  #removeFirst(): void {
    const heap = this.#events
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      let least = heap[child]
      const right = heap[child + 1]
      if (least === undefined) break
      if (right !== undefined && before(right, least)) {
        least = right
        child += 1
      }
      if (!before(least, last)) break
      heap[place] = least
      place = child
    }
    heap[place] = last
  }
}
