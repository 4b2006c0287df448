import type { Failure, FailureClass } from '../failure.ts'
import { chargeFor } from '../meter/meter.ts'
import { picoUsd, zeroUsd, type PicoUsd } from '../money.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Target } from '../route/target.ts'
import type { Bytes } from '../transport.ts'
import { unitEntries, type CountName } from '../units.ts'
import type { Usage } from '../usage.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { operationOf } from '../providers/operation-of.ts'
import { SpokenText } from './spoken-text.ts'

/** Failures after which another target may do better with the same words. */
const MAY_PASS: ReadonlySet<FailureClass> = new Set(['transient', 'timeout', 'unknown'])

/** Where an answer is taken up, and the call that asks for the rest of it. */
export interface Resumption {
  readonly target: Target
  readonly call: Call
}

/**
 * Keeps what a stream has said and cost, so that another target can go on where it broke off. Only for requests that ask
 * for it: the models' own ways to continue a text are not perfect, and each attempt is charged.
 */
export class Continuation {
  readonly #call: Call
  readonly #spoken = new SpokenText()
  #usage: Usage | undefined
  /** `undefined`: some of it has no price. */
  #charge: PicoUsd | undefined = zeroUsd

  private constructor(call: Call) {
    this.#call = call
  }

  /** @returns `undefined` for a call that does not want to be taken up, or cannot be. */
  static of(call: Call): Continuation | undefined {
    if (!call.stream || call.outline.provider?.continue !== true) return undefined
    const { stream, choices } = operations[call.endpoint]
    return stream?.canContinue === true && choices(call) === 1 ? new Continuation(call) : undefined
  }

  /** Whole frames on their way to the caller. */
  hear(frames: Bytes): void {
    this.#spoken.hear(frames)
  }

  /** Who can go on, the first of `candidates` that knows how to. */
  after(failure: Failure, candidates: readonly Target[]): Resumption | undefined {
    const said = this.#spoken.text
    if (said === undefined || !MAY_PASS.has(failure.class)) return undefined
    for (const candidate of candidates) {
      const call = operationOf(candidate.adapter, this.#call)?.continuation?.(this.#call, said, candidate)
      if (call !== undefined) return { target: candidate, call }
    }
    return undefined
  }

  /** What was delivered from `target` before it failed, once somebody goes on. */
  add(target: Target, usage: Usage): void {
    const charge = this.#chargeAt(target, usage)
    this.#charge = charge === undefined || this.#charge === undefined ? undefined : picoUsd(this.#charge + charge)
    this.#usage = this.#usage === undefined ? usage : sum(this.#usage, usage)
  }

  /**
   * Usage and charge of all attempts that the caller got something of; `undefined`: there was only one.
   *
   * @param usage of the last of them; `undefined`: nothing of it was delivered.
   */
  together(target: Target, usage: Usage | undefined): { usage: Usage; charge: PicoUsd | undefined } | undefined {
    if (this.#usage === undefined) return undefined
    if (usage === undefined) return { usage: this.#usage, charge: this.#charge }
    const last = this.#chargeAt(target, usage)
    const charge = last === undefined || this.#charge === undefined ? undefined : picoUsd(this.#charge + last)
    return { usage: sum(this.#usage, usage), charge }
  }

  #chargeAt({ entry }: Target, usage: Usage): PicoUsd | undefined {
    return chargeFor('complete', usage, priceAt(entry.prices, this.#call.receivedAt), true)
  }
}

/** Each attempt has read the prompt, and is paid for it. A sum is known when both know it; a part that nobody told is none. */
function sum(a: Usage, b: Usage): Usage {
  const total: { -readonly [Count in CountName]?: number } = {}
  for (const { count, partOf } of unitEntries) {
    const [one, other] = [a[count], b[count]]
    const isKnown =
      partOf === undefined ? one !== undefined && other !== undefined : one !== undefined || other !== undefined
    if (isKnown) total[count] = (one ?? 0) + (other ?? 0)
  }
  return {
    ...total,
    serviceTier: b.serviceTier ?? a.serviceTier,
    estimated: a.estimated === true || b.estimated === true,
    capped: a.capped === true || b.capped === true,
  }
}
