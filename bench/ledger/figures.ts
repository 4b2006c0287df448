import { median } from '../measure/statistics.ts'

/** How often each question is asked; the median counts. */
const TIMES = 15

/** What a figure is held to. */
type Limit = { readonly atMost: number } | { readonly atLeast: number }

/** Prints figures as they come, and knows whether one was missed. */
export class Figures {
  missed = 0

  /** @param limit what it is held to. Default: it only informs. */
  say(what: string, figure: number, unit: string, limit?: Limit): void {
    const line = `${what.padEnd(56)} ${figure.toFixed(Math.abs(figure) < 100 ? 2 : 0).padStart(10)} ${unit.padEnd(7)}`
    console.log(`${line}${limit === undefined ? '' : this.#verdict(figure, limit)}`.trimEnd())
  }

  /** The median time of a question that is asked several times, in ms. */
  async time(what: string, ask: () => Promise<unknown>, limit?: Limit): Promise<void> {
    const times: number[] = []
    for (let time = 0; time < TIMES; time += 1) {
      const began = performance.now()
      await ask()
      times.push(performance.now() - began)
    }
    this.say(what, median(times), 'ms', limit)
  }

  #verdict(figure: number, limit: Limit): string {
    const reached = 'atMost' in limit ? figure <= limit.atMost : figure >= limit.atLeast
    if (!reached) this.missed += 1
    const wanted = 'atMost' in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`
    return ` ${reached ? 'ok    ' : 'MISSED'} ${wanted}`
  }
}
