import { picoUsd, type PicoUsd } from '@speka/core'
import { atStake, tokensAtStake, verdicts, type Difference, type Used, type Verdict } from './difference.ts'

/** How many there are of a kind, and what both sides say they cost, where they say it. */
export interface Count {
  readonly count: number
  readonly exported: PicoUsd
  readonly ledger: PicoUsd
}

/** How many differences are kept to be shown. */
const MOST_SHOWN = 20

/** Counts what was found, and keeps the largest differences. */
export class Tally {
  readonly #counts = new Map<Verdict, Count>(verdicts.map((verdict) => [verdict, nothing]))
  readonly #largest: Difference[] = []
  readonly #tell: (difference: Difference) => void
  /** Of what matched, and of what did not, what has a cost on one side alone. */
  uncosted: Count = nothing

  /** @param tell told every difference. */
  constructor(tell: (difference: Difference) => void) {
    this.#tell = tell
  }

  match(exported: Used, ledger: Used): void {
    this.#count('matched', exported, ledger)
  }

  differ(difference: Difference): void {
    this.#count(difference.verdict, difference.exported, difference.ledger)
    this.#tell(difference)
    const last = this.#largest.at(-1)
    if (this.#largest.length === MOST_SHOWN && last !== undefined && bySize(difference, last) >= 0) return
    const at = this.#largest.findIndex((other) => bySize(difference, other) < 0)
    this.#largest.splice(at === -1 ? this.#largest.length : at, 0, difference)
    if (this.#largest.length > MOST_SHOWN) this.#largest.pop()
  }

  of(verdict: Verdict): Count {
    return this.#counts.get(verdict) ?? nothing
  }

  get largest(): readonly Difference[] {
    return this.#largest
  }

  #count(verdict: Verdict, exported: Used | undefined, ledger: Used | undefined): void {
    this.#counts.set(verdict, added(this.of(verdict), exported, ledger))
    if (exported === undefined || ledger === undefined) return
    if ((exported.cost === undefined) !== (ledger.cost === undefined))
      this.uncosted = added(this.uncosted, exported, ledger)
  }
}

const nothing: Count = { count: 0, exported: picoUsd(0n), ledger: picoUsd(0n) }

const added = (before: Count, exported: Used | undefined, ledger: Used | undefined): Count => ({
  count: before.count + 1,
  exported: picoUsd(before.exported + (exported?.cost ?? 0n)),
  ledger: picoUsd(before.ledger + (ledger?.cost ?? 0n)),
})

/** The one about more money first, then the one about more tokens. */
function bySize(a: Difference, b: Difference): number {
  const [money, other] = [atStake(a), atStake(b)]
  if (money !== other) return money > other ? -1 : 1
  return tokensAtStake(b) - tokensAtStake(a)
}
