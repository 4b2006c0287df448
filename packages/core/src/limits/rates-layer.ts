import type { Clock } from '../clock.ts'
import type { AnswerSink, Commitment, Engine, Layer, Run } from '../engine.ts'
import { toSpekaError, type SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { startLater } from '../layers/start-later.ts'
import type { Call } from '../operations/call.ts'
import type { RatesTold } from '../rates-told.ts'
import type { Bytes } from '../transport.ts'
import type { LimitBook } from './limit-book.ts'
import type { AppliedRate } from './limit.ts'
import type { OnRefused } from './on-refused.ts'
import { rateRefused } from './rate-refused.ts'
import type { RateRefusal, Rates, Slot } from './rates.ts'
import { tellRates } from './tell-rates.ts'
import { boundByRates } from './token-bound.ts'

/** What rates are kept with. */
export interface RatesLayerParts {
  readonly book: LimitBook
  readonly rates: Rates
  readonly onRefused?: OnRefused | undefined
  readonly clock: Clock
}

/**
 * Keeps the rates of requests, at the place of rates: what refuses a call behind it gives its slots back, so that only
 * requests that ran count. A call that no rate limits is handed on as it is.
 */
export const ratesLayer =
  (parts: RatesLayerParts): Layer =>
  (next) => ({
    start(call, sink) {
      const { book, rates } = parts
      const all = book.appliedTo(call)?.rates
      if (all === undefined || all.length === 0) return next.start(call, sink)
      const run = new RatedRun(sink, () => tellRates(rates.known(all)))
      return run.start(next, call, parts, without(all, 'tpm'), 0)
    },
  })

/** What rates of tokens are kept with. */
export interface TokenRatesParts extends RatesLayerParts {
  /** The longest answer that every model that may answer takes as a bound, in tokens. Default: what is usual. */
  readonly mostAnswer?: ((call: Call) => number) | undefined
}

/**
 * Keeps the rates of tokens, at the place of money: what counts is the call as it will be sent. Its tokens are taken as its
 * length allows them, and corrected to what they were.
 */
export const tokenRatesLayer =
  (parts: TokenRatesParts): Layer =>
  (next) => ({
    start(call, sink) {
      const { book, rates, mostAnswer } = parts
      const all = book.appliedTo(call)?.rates
      if (all === undefined || !all.some(isOfTokens)) return next.start(call, sink)
      const ofTokens = all.filter(isOfTokens)
      const sized = boundByRates(call, rates.known(ofTokens), mostAnswer)
      const run = new RatedRun(sink, undefined)
      return run.start(next, sized.call, parts, ofTokens, sized.tokens)
    },
  })

const isOfTokens = ({ limit }: AppliedRate): boolean => limit.rule.kind === 'tpm'

/** Usually the very same, so that nothing has to be made. */
const without = (rates: readonly AppliedRate[], kind: 'tpm'): readonly AppliedRate[] =>
  rates.some(isOfTokens) ? rates.filter(({ limit }) => limit.rule.kind !== kind) : rates

/** One call within its rates: it looks at how the call ends, and frees its slots then. */
class RatedRun implements AnswerSink, Run {
  readonly #sink: AnswerSink
  readonly #told: (() => RatesTold) | undefined
  #slot: Slot | undefined
  #run: Run | undefined

  /** @param told where its rates stand; `undefined`: another one tells that. */
  constructor(sink: AnswerSink, told: (() => RatesTold) | undefined) {
    this.#sink = sink
    this.#told = told
  }

  start(next: Engine, call: Call, parts: RatesLayerParts, wanted: readonly AppliedRate[], tokens: number): Run {
    const taken = parts.rates.take(wanted, tokens)
    if (!(taken instanceof Promise)) {
      this.#enter(taken, call, parts)
      this.#run = this.#begin(next, call)
      return this
    }
    this.#run = startLater(this, async (signal) => {
      // Whoever leaves meanwhile gets a place that is granted all the same, and nobody else would give it back.
      signal.addEventListener('abort', () => this.#slot?.giveBack(), { once: true })
      const outcome = await taken
      this.#enter(outcome, call, parts)
      if (signal.aborted) this.#slot?.giveBack()
      return () => next.start(call, this)
    })
    return this
  }

  get rates(): RatesTold | undefined {
    return this.#told?.()
  }

  resume(): void {
    this.#run?.resume()
  }

  abort(told?: SpekaError): void {
    this.#run?.abort(told)
  }

  commit(by: Commitment): void {
    this.#sink.commit(by)
  }

  write(frames: Bytes): boolean {
    return this.#sink.write(frames)
  }

  settle(record: UsageRecord, rest?: () => readonly Bytes[]): void | Promise<void> {
    this.#slot?.done(tokensUsed(record))
    return this.#sink.settle(record, rest)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    this.#sink.finish(tail, record)
  }

  fail(error: SpekaError, record: UsageRecord, events?: Bytes): void {
    this.#sink.fail(error, record, events)
  }

  refuse(error: SpekaError, events?: Bytes): void {
    this.#sink.refuse(this.#refused(error), events)
  }

  /** @throws SpekaError when a rate has refused it. */
  #enter(outcome: Slot | RateRefusal, call: Call, { clock, onRefused }: RatesLayerParts): void {
    if ('standing' in outcome) {
      onRefused?.(call, outcome.standing.applied)
      throw this.#refused(rateRefused(outcome, clock))
    }
    this.#slot = outcome
  }

  #begin(next: Engine, call: Call): Run {
    try {
      return next.start(call, this)
    } catch (error) {
      throw this.#refused(toSpekaError(error))
    }
  }

  /** Nothing ran: its slots are free again, and its caller is told where its rates stand. */
  #refused(error: SpekaError): SpekaError {
    this.#slot?.giveBack()
    error.rates = this.#told?.()
    return error
  }
}

/** What an answer used; `undefined` when nobody knows, and nothing when it never came to be. */
function tokensUsed({ usage, outcome }: UsageRecord): number | undefined {
  const { inputTokens, outputTokens } = usage
  if (inputTokens === undefined && outputTokens === undefined) return outcome === 'failed' ? 0 : undefined
  return (inputTokens ?? 0) + (outputTokens ?? 0)
}
