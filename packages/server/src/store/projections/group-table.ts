/** Odd, with well-spread bits. */
const SPREAD = 0x9e37_79b1
const FIRST_SLOTS = 256

/** Lists of whole numbers, all as long, each of which has a place of its own: the first that came has 0. */
export class GroupTable {
  readonly #depth: number
  #count = 0
  #numbers = new Float64Array(FIRST_SLOTS)
  /** Places, increased by one, where the hash of their numbers says, or behind; 0: free. At most half of them are taken. */
  #slots = new Uint32Array(FIRST_SLOTS)

  /** @param depth how many numbers are in a list. */
  constructor(depth: number) {
    this.#depth = depth
  }

  /** How many lists there are. */
  get count(): number {
    return this.#count
  }

  /** The place of a list, which gets one if it has none yet. */
  placeOf(group: readonly number[]): number {
    if (this.#count * 2 >= this.#slots.length) this.#growSlots()
    const mask = this.#slots.length - 1
    let slot = hashOf(group, 0, this.#depth) & mask
    for (;;) {
      const taken = this.#slots[slot] ?? 0
      if (taken === 0) break
      if (this.#isAt(taken - 1, group)) return taken - 1
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.#count + 1
    return this.#append(group)
  }

  /** Forgets all but the lists that came first. */
  truncate(count: number): void {
    const mask = this.#slots.length - 1
    // The last that came goes first, so nothing has stepped aside for it.
    for (let place = this.#count - 1; place >= count; place -= 1) {
      let slot = hashOf(this.#numbers, place * this.#depth, this.#depth) & mask
      while (this.#slots[slot] !== place + 1) slot = (slot + 1) & mask
      this.#slots[slot] = 0
    }
    this.#count = Math.min(this.#count, count)
  }

  /** The numbers of all lists, one behind the other. */
  numbers(): Float64Array {
    return this.#numbers.slice(0, this.#count * this.#depth)
  }

  #isAt(place: number, group: readonly number[]): boolean {
    const start = place * this.#depth
    for (let at = 0; at < this.#depth; at += 1) if (this.#numbers[start + at] !== group[at]) return false
    return true
  }

  #append(group: readonly number[]): number {
    const start = this.#count * this.#depth
    if (start + this.#depth > this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2 + this.#depth)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    for (let at = 0; at < this.#depth; at += 1) this.#numbers[start + at] = group[at] ?? 0
    this.#count += 1
    return this.#count - 1
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 4)
    const mask = this.#slots.length - 1
    for (let place = 0; place < this.#count; place += 1) {
      let slot = hashOf(this.#numbers, place * this.#depth, this.#depth) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = place + 1
    }
  }
}

function hashOf(numbers: ArrayLike<number>, start: number, depth: number): number {
  let hash = 0
  for (let at = start; at < start + depth; at += 1) {
    hash = Math.imul(hash ^ (numbers[at] ?? 0), SPREAD)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}
