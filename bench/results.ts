import type { ContestantName } from './contestants/contestant.ts'
import { paired, spreadOf, type Comparison, type Spread } from './measure/statistics.ts'
import type { Metrics } from './scenario.ts'

/** What the rounds brought: a place for each round, empty where it was refused. */
export class Results {
  readonly #rounds = new Map<string, (Metrics | undefined)[]>()

  /** Adds a round; `undefined` when it was refused. */
  add(scenario: string, contestant: ContestantName, metrics: Metrics | undefined): void {
    const key = `${scenario} ${contestant}`
    const rounds = this.#rounds.get(key)
    if (rounds === undefined) this.#rounds.set(key, [metrics])
    else rounds.push(metrics)
  }

  /** The metric itself, over the rounds. */
  spread(scenario: string, contestant: ContestantName, metric: keyof Metrics): Spread | undefined {
    return spreadOf(this.#values(scenario, contestant, metric).filter((value) => value !== undefined))
  }

  /** The metric compared with another contestant's of the same round. */
  compared(
    scenario: string,
    contestant: ContestantName,
    metric: keyof Metrics,
    { comparison, against }: { readonly comparison: Comparison; readonly against: ContestantName },
  ): Spread | undefined {
    return paired(this.#values(scenario, contestant, metric), this.#values(scenario, against, metric), comparison)
  }

  #values(scenario: string, contestant: ContestantName, metric: keyof Metrics): (number | undefined)[] {
    return (this.#rounds.get(`${scenario} ${contestant}`) ?? []).map((metrics) => metrics?.[metric])
  }
}
