import { formatUsd, SpekaError, type PicoUsd } from '@speka/core'
import { SpekaModelError } from './speka-model-error.ts'

/** Where the money of a run stood. */
export interface SpendState {
  readonly cap: PicoUsd
  readonly spent: PicoUsd
  /** Set aside for calls that are under way. */
  readonly held: PicoUsd
}

/** A call that would have taken a run beyond what it may spend: it was not made, or not let finish. Never worth a retry. */
export class SpekaSpendCapError extends SpekaModelError {
  override readonly name: string = 'SpekaSpendCapError'
  /** What the run may spend, in US dollars, as all amounts here: an exact decimal string. */
  readonly capUsd: string
  /** What it has spent. */
  readonly spentUsd: string
  /** What is set aside for calls that are under way. */
  readonly heldUsd: string

  constructor(why: string, { cap, spent, held }: SpendState, cause?: unknown) {
    const state = `This run may spend ${formatUsd(cap)} USD, has spent ${formatUsd(spent)}`
    const underWay = held > 0n ? `, and ${formatUsd(held)} are set aside for calls under way` : ''
    super(new SpekaError('cost_limit_exceeded', `${why} ${state}${underWay}.`, { cause, retry: false }))
    this.capUsd = formatUsd(cap)
    this.spentUsd = formatUsd(spent)
    this.heldUsd = formatUsd(held)
  }
}
