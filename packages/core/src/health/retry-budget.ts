/** What one request adds: so extra calls to failing targets stay below a fifth of the requests. */
const PER_REQUEST = 0.19
/** What is there at the start, so that a gateway with little traffic can retry, and the most that is saved up. */
const AT_FIRST = 10
const MOST = 100

/**
 * Limits the extra calls that a storm of failures causes, over all requests of the process. Each request adds a little,
 * each extra call to a target that may be failing takes one; when nothing is left, failures are passed on as they are.
 */
export class RetryBudget {
  #left = AT_FIRST

  /** A request begins. */
  deposit(): void {
    this.#left = Math.min(MOST, this.#left + PER_REQUEST)
  }

  /** Whether one more extra call may be made; if so it is counted. */
  withdraw(): boolean {
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
