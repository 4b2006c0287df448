import type { Clock } from '@speka/core'
import {
  keptFor,
  notKept,
  openKept,
  responseNotKept,
  type CallFacts,
  type IdSeal,
  type ResponseKeeping,
} from '@speka/core/internal'
import type { KeptResponsesSettings } from '../config/responses-schema.ts'
import type { ResponseStore } from '../store/responses.ts'
import { DEFAULT_ACCOUNT } from '../store/store.ts'
import { goOnWith, previousIn } from './go-on-with.ts'
import { mayRefer, resolveReferences } from './resolve-references.ts'
import { ResponseSeal, type Conversation, type ResponsePlace } from './seal-response.ts'

/** A larger conversation is not kept: what was asked and answered, as JSON. */
const MOST_CONVERSATION_BYTES = 4 * 1024 * 1024

/** How long an answer's end waits to be kept, in ms: after that it is told as one that is not. */
const LONGEST_WAIT_MS = 10_000

/** Nobody's name in a configuration: what an id of ours says instead of a provider's. */
const KEPT_HERE = { provider: '', credential: '' }

/** A request as it is read now, and what becomes of its answer. */
export interface Going {
  readonly body: Buffer
  readonly keeping: ResponseKeeping
}

export interface KeptResponsesParts {
  readonly store: ResponseStore
  readonly idSeal: IdSeal
  readonly clock: Clock
  /** `undefined`: nothing is kept for now. */
  readonly settings: () => KeptResponsesSettings | undefined
  /** Told why an answer could not be kept. */
  readonly onTrouble: (trouble: unknown) => void
}

/** What of a call decides whose its response is. */
type Asker = Pick<CallFacts, 'id' | 'account' | 'keyId' | 'sandboxOnly' | 'idSeal'>

/** Keeps responses that no provider keeps, so that any model goes on with them: where the operator has it so, for as long as he says. */
export class KeptResponses {
  readonly #parts: KeptResponsesParts
  #settings: KeptResponsesSettings | undefined
  #seal: ResponseSeal | undefined

  constructor(parts: KeptResponsesParts) {
    this.#parts = parts
  }

  /**
   * What a request becomes that may go on with a response of ours, and who keeps the answer to it.
   *
   * @returns `undefined` where nothing is kept: then it stays as it is.
   * @throws SpekaError `previous_response_not_found`; `storage_unavailable` when it cannot be known.
   */
  begin(body: Buffer, facts: CallFacts): Going | Promise<Going> | undefined {
    const { settings } = this.#parts
    if (settings() === undefined) return undefined
    const previous = previousIn(body)
    if (previous === undefined) {
      if (body.length <= MOST_CONVERSATION_BYTES && mayRefer(body)) return this.#resolved(body, facts)
      return { body, keeping: this.#keeping(body, facts) }
    }
    const opened = openKept('resp', facts, previous)
    if (opened === undefined) throw notKept()
    // A provider has that one, and goes on with it or nobody does.
    if (opened.provider !== KEPT_HERE.provider) return { body, keeping: this.#keeping(body, facts) }
    return this.#goOn(body, facts, opened.id, previous)
  }

  /**
   * Whether an id is one of a response that is kept here, rather than by a provider: as long as any are.
   *
   * @returns which request made it.
   */
  ownId(id: string, facts: CallFacts): string | undefined {
    const opened = this.#parts.settings() === undefined ? undefined : openKept('resp', facts, id)
    return opened?.provider === KEPT_HERE.provider ? opened.id : undefined
  }

  /** @throws SpekaError `response_not_found`, `storage_unavailable` */
  async read(id: string, asker: Asker): Promise<Conversation> {
    const found = await this.#find(id, asker)
    if (found === undefined) throw responseNotKept()
    return found
  }

  /** @throws SpekaError `response_not_found`, `storage_unavailable` */
  async delete(id: string, asker: Asker): Promise<void> {
    await this.read(id, asker)
    if (!(await this.#parts.store.delete(id, accountOf(asker)))) throw responseNotKept()
  }

  async #goOn(body: Buffer, facts: CallFacts, id: string, previous: string): Promise<Going> {
    const before = await this.#find(id, facts)
    if (before === undefined) throw notKept()
    const whole = goOnWith(body, before)
    return { body: whole, keeping: { ...this.#keeping(whole, facts), before: previous, hasOwnItems: true } }
  }

  async #resolved(body: Buffer, facts: CallFacts): Promise<Going> {
    const whole = await resolveReferences(body, (id) => this.#find(id, facts))
    if (whole === undefined) return { body, keeping: this.#keeping(body, facts) }
    return { body: whole, keeping: { ...this.#keeping(whole, facts), hasOwnItems: true } }
  }

  #keeping(body: Buffer, facts: CallFacts): ResponseKeeping {
    const id = this.#parts.idSeal.seal('resp', keptFor(facts), { ...KEPT_HERE, id: facts.id })
    // Known before, so that no event of its stream says anything else.
    const begun = { id, before: undefined, hasOwnItems: false }
    if (body.length > MOST_CONVERSATION_BYTES) return begun
    return { ...begun, keep: (response, input) => this.#keep(facts, Buffer.from(JSON.stringify(response)), input) }
  }

  async #keep(asker: Asker, response: Buffer, said: Uint8Array): Promise<boolean> {
    const { store, clock, settings, onTrouble } = this.#parts
    const { keepMs } = settings() ?? {}
    const seal = this.#sealed()
    if (keepMs === undefined || seal === undefined) return false
    const input = Buffer.from(said.buffer, said.byteOffset, said.byteLength)
    if (response.length + input.length > MOST_CONVERSATION_BYTES) return false
    const place = placeOf(asker.id, asker)
    const { id, account } = place
    const kept = seal
      .seal(place, { response, input })
      .then((sealed) => store.keep({ id, account, until: clock.now() + keepMs, sealed }))
      .then(() => true)
      .catch((trouble: unknown) => {
        onTrouble(trouble)
        return false
      })
    return within(kept, clock, LONGEST_WAIT_MS)
  }

  async #find(id: string, asker: Asker): Promise<Conversation | undefined> {
    const { store, clock } = this.#parts
    const place = placeOf(id, asker)
    const sealed = await store.find(id, place.account, clock.now())
    return sealed && this.#sealed()?.open(place, sealed)
  }

  /** Made anew when the configuration has other keys. */
  #sealed(): ResponseSeal | undefined {
    const settings = this.#parts.settings()
    if (settings !== this.#settings) {
      this.#settings = settings
      this.#seal = settings && new ResponseSeal(settings.encryptionKeys, MOST_CONVERSATION_BYTES)
    }
    return this.#seal
  }
}

const accountOf = ({ account = DEFAULT_ACCOUNT }: Pick<Asker, 'account'>): string => account

const placeOf = (id: string, asker: Asker): ResponsePlace => ({
  id,
  account: accountOf(asker),
  mode: asker.sandboxOnly === true ? 'test' : 'live',
})

/** What is not there in time counts as not done: it may still be done later. */
function within(done: Promise<boolean>, clock: Clock, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(false))
    void done.then((isDone) => {
      cancel()
      resolve(isDone)
    })
  })
}
