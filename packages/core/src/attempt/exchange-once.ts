import type { Failure } from '../failure.ts'
import type { KeyRing } from '../health/key-ring.ts'
import type { Provider, Reply } from '../providers/provider.ts'
import type { Bytes, Exchange, Headers, ReplySink, TransportFailure, Upstream, UpstreamRequest } from '../transport.ts'
import { unknownUsage } from '../usage.ts'
import { failureOfTransport, timeoutFailure, type AttemptWorld } from './attempt.ts'
import { isSuccess, refusesEncoding, ReplyCollector } from './reply-collector.ts'
import { withoutSecrets } from './without-secrets.ts'

/** One request to an upstream, beside any attempt at an answer: nothing is metered, and nothing is tried again. */
export interface OnceOrder {
  readonly adapter: Pick<Provider, 'classify'>
  readonly upstream: Upstream
  /** The provider's keys, which are to be in nothing that is told. */
  readonly keys: KeyRing
  readonly request: UpstreamRequest
  /** For all of it, in ms. */
  readonly timeoutMs: number
  /** Closes the upstream. */
  readonly signal?: AbortSignal | undefined
}

export type OnceResult =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly failure: Failure }

/** Sends it, and collects the whole reply. */
export const exchangeOnce = (world: Pick<AttemptWorld, 'transport' | 'clock'>, order: OnceOrder): Promise<OnceResult> =>
  new Promise((resolve) => new Once(world, order, resolve).send())

class Once implements ReplySink {
  readonly #world: Pick<AttemptWorld, 'transport' | 'clock'>
  readonly #order: OnceOrder
  readonly #resolve: (result: OnceResult) => void
  #collector: ReplyCollector | undefined
  #exchange: Exchange | undefined
  #cancelTimeout: (() => void) | undefined
  #over = false

  constructor(
    world: Pick<AttemptWorld, 'transport' | 'clock'>,
    order: OnceOrder,
    resolve: (result: OnceResult) => void,
  ) {
    this.#world = world
    this.#order = order
    this.#resolve = resolve
  }

  send(): void {
    const { upstream, request, timeoutMs, signal } = this.#order
    if (signal?.aborted === true) return this.#leave()
    signal?.addEventListener('abort', this.#leave, { once: true })
    const late = timeoutFailure(`did not reply within ${timeoutMs} ms`)
    this.#cancelTimeout = this.#world.clock.after(timeoutMs, () => this.#fail(late))
    this.#exchange = this.#world.transport.send(upstream, request, this)
  }

  head(status: number, headers: Headers): void {
    const refusal = refusesEncoding(headers)
    if (refusal === undefined) this.#collector = new ReplyCollector(status, headers)
    else this.#fail(refusal)
  }

  data(chunk: Bytes): void {
    const tooLarge = this.#over ? undefined : this.#collector?.add(chunk)
    if (tooLarge !== undefined) this.#fail(tooLarge)
  }

  end(): void {
    if (this.#over || this.#collector === undefined) return
    const reply = this.#collector.reply()
    if (isSuccess(reply.status)) this.#end({ ok: true, reply })
    else this.#fail(this.#order.adapter.classify(reply))
  }

  fail(failure: TransportFailure): void {
    this.#fail(failureOfTransport(failure))
  }

  readonly #leave = (): void =>
    this.#fail({ class: 'cancelled', mayBeBilled: false, byCaller: true, message: 'the caller left' })

  #fail(failure: Failure): void {
    if (this.#over) return
    this.#exchange?.abort()
    this.#end(withoutSecrets({ ok: false, failure, facts: { usage: unknownUsage } }, this.#order.keys))
  }

  #end(result: OnceResult): void {
    this.#over = true
    this.#cancelTimeout?.()
    this.#order.signal?.removeEventListener('abort', this.#leave)
    this.#resolve(result)
  }
}
