import type { Socket } from 'node:net'

/** Requests that one connection may bring, in a row or at once. */
export const MOST_REQUESTS = 1000

/**
 * Knows which request of a connection is its last. Node would answer the ones behind it with a bare 503; and behind a request
 * that two programs could read differently, nobody can tell where the next one begins.
 */
export class ConnectionEnd {
  readonly #requests = new WeakMap<Socket, number>()

  /** Counts a request. `last`: the connection is to be closed behind its answer; `behind`: it is not to be answered at all. */
  count(socket: Socket): 'more' | 'last' | 'behind' {
    const requests = (this.#requests.get(socket) ?? 0) + 1
    this.#requests.set(socket, requests)
    if (requests < MOST_REQUESTS) return 'more'
    return requests === MOST_REQUESTS ? 'last' : 'behind'
  }

  /** Nothing more is taken from it. */
  end(socket: Socket): void {
    this.#requests.set(socket, MOST_REQUESTS)
  }
}
