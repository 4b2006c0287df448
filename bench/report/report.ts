import { Results } from '../results.ts'

/** What a run has brought so far, and its words to whoever watches. */
export class Report {
  readonly results = new Results()
  /** The load generator against the upstream itself. */
  readonly ceilings: { readonly title: string; readonly value: string }[] = []
  readonly refusals: string[] = []
  /** Windows looked at, windows in which other programs used the server's core, and the most they used of it. */
  readonly disturbance = { windows: 0, disturbed: 0, most: 0 }
  readonly #out: (line: string) => void

  constructor(out: (line: string) => void) {
    this.#out = out
  }

  say(line: string): void {
    this.#out(line)
  }

  /** Says that a round is not reported, and why. */
  refuse(why: string): void {
    this.refusals.push(why)
    this.#out(`  refused: ${why}`)
  }

  /** Counts a window; `share` is what other programs used of the server's core when it was too much. */
  disturbed(share: number | undefined): void {
    this.disturbance.windows += 1
    if (share === undefined) return
    this.disturbance.disturbed += 1
    this.disturbance.most = Math.max(this.disturbance.most, share)
  }
}
