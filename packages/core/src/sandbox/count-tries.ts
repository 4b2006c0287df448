import type { Fault } from './sandbox-model.ts'

/** How many requests are remembered; the oldest is forgotten first. */
const MAX_REQUESTS = 10_000

/** Remembers how often each request has been tried, so that a fault can stop after the first tries. */
export class TryCounter {
  readonly #tries = new Map<string, number>()

  /**
   * Whether this try is one of those the fault spoils. Tries with the same `requestId` are one request; without an id,
   * all tries of a model are, and its count starts over once a try was let through.
   */
  spoils(fault: Fault & { readonly tries: number }, model: string, requestId: string | undefined): boolean {
    if (fault.tries === Infinity) return true
    const key = requestId === undefined ? model : `${requestId} ${model}`
    const before = this.#tries.get(key) ?? 0
    if (before >= fault.tries) {
      if (requestId === undefined) this.#tries.delete(key)
      return false
    }
    this.#tries.set(key, before + 1)
    if (this.#tries.size > MAX_REQUESTS) this.#forgetOldest()
    return true
  }

  #forgetOldest(): void {
    for (const key of this.#tries.keys()) {
      this.#tries.delete(key)
      return
    }
  }
}
