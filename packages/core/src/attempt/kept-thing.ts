import { findObject } from '../bytes/find-member.ts'
import type { Edit } from '../bytes/splice.ts'
import { SpekaError } from '../errors.ts'
import type { Failure } from '../failure.ts'
import { nameEdits } from '../providers/native/name-edits.ts'
import { keeperIn, type Keeper } from '../route/keeper-in.ts'
import { modelCalled } from '../route/model-called.ts'
import type { RoutingTable } from '../route/routing-table.ts'
import type { OpenedId } from '../sealed-id.ts'
import type { Bytes, UpstreamRequest } from '../transport.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { keptAs } from '../wire/dialect-name.ts'
import { keptFor, openKept } from '../wire/kept-for.ts'
import type { KeptQuestion } from '../wire/kept-question.ts'
import { responseNotKept } from '../wire/not-kept.ts'
import type { AttemptWorld } from './attempt.ts'
import { callerError } from './caller-error.ts'
import { VIA_HEADER } from './prepare.ts'

/** What is asked about a response that a provider keeps. */
export interface AskedKept {
  readonly question: KeptQuestion
  /** As its caller knows it. */
  readonly id: string
  /** As it stands behind the `?`; empty: nothing. */
  readonly query: string
}

export interface KeptWorld extends AttemptWorld {
  readonly table: RoutingTable
  /** Names this gateway. */
  readonly via: string
  /** Providers that the operator has taken out. */
  readonly isolated: ReadonlySet<string>
}

/** A response that a provider keeps, as its caller knows it and as its keeper does. */
export class KeptThing {
  readonly keeper: Keeper
  /** For all of an answer about it, in ms. */
  readonly timeoutMs: number
  readonly #world: KeptWorld
  readonly #asked: AskedKept
  readonly #facts: CallFacts
  readonly #opened: OpenedId

  /** @throws SpekaError as {@link keeperIn} does; `no_healthy_target` for a provider that the operator has taken out. */
  constructor(world: KeptWorld, asked: AskedKept, facts: CallFacts) {
    const opened = openKept(keptAs.responses, facts, asked.id)
    this.keeper = keeperIn(world.table, opened, facts)
    if (opened === undefined) throw responseNotKept()
    const { provider } = this.keeper
    if (world.isolated.has(provider))
      throw new SpekaError('no_healthy_target', `Provider "${provider}", which keeps it, is taken out by the operator.`)
    this.timeoutMs = Math.min(facts.timeoutMs ?? Infinity, world.timeouts.total_ms)
    this.#world = world
    this.#asked = asked
    this.#facts = facts
    this.#opened = opened
  }

  get request(): UpstreamRequest {
    const { question, query } = this.#asked
    const { headers, ...request } = this.keeper.api.request(question, this.#opened.id, query)
    return { ...request, headers: { ...headers, 'x-request-id': this.#facts.id, [VIA_HEADER]: this.#world.via } }
  }

  /** What the caller is told that did not get what it has asked for. The upstream's own id is in nothing of it. */
  error(failure: Failure): SpekaError {
    const { id: requestId } = this.#facts
    if (failure.status === 404 || failure.status === 410) return responseNotKept()
    const quote = failure.quote?.replaceAll(this.#opened.id, this.#asked.id)
    const { provider } = this.keeper
    return callerError({ ...failure, quote }, { provider }, { requestId, attempts: 1, relaysErrors: false })
  }

  /**
   * What changes in an object that the upstream tells of it: ids, and the model's name.
   *
   * @param path where the object is in `bytes`, by the members that lead there.
   * @param model what the upstream calls the model there.
   */
  names(bytes: Bytes, path: readonly string[], model: unknown): Edit[] {
    const found = findObject(bytes, path)
    if (found === undefined) return []
    const { provider } = this.keeper
    const called = typeof model === 'string' ? modelCalled(model, provider, this.#world.table, this.#facts) : ''
    return nameEdits(bytes, found, { model: called, upstreamModel: called, seal: (id) => this.#sealed(id) })
  }

  #sealed(id: string): string {
    if (id === this.#opened.id) return this.#asked.id
    const {
      provider,
      upstream: { credential },
    } = this.keeper
    return this.#facts.idSeal?.seal(keptAs.responses, keptFor(this.#facts), { provider, credential, id }) ?? id
  }
}
