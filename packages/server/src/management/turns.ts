/** So many times as long as the work took is rested after it: all of it together takes three percent of one core. */
const REST = 32
/** No rest is longer, in ms. */
const LONGEST_REST_MS = 10_000

/** Work that may wait, one piece behind the other, and with so long a rest behind each that callers never notice it. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  readonly #rest: (ms: number) => Promise<void>

  /** @param rest waits so many ms, without keeping the process alive. */
  constructor(rest: (ms: number) => Promise<void> = pause) {
    this.#rest = rest
  }

  /** @returns what the work gives, once it was its turn. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    let took = 0
    const turn = this.#last.then(async () => {
      const began = performance.now()
      try {
        return await work()
      } finally {
        took = performance.now() - began
      }
    })
    this.#last = turn.then(
      () => this.#rest(Math.min(took * REST, LONGEST_REST_MS)),
      () => this.#rest(Math.min(took * REST, LONGEST_REST_MS)),
    )
    return turn
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
