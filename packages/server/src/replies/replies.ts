import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SpekaError } from '@speka/core'
import type { ReplyStore } from '../store/store.ts'
import { ReplySeal, type Reply } from './seal-reply.ts'

/** Whose repetition it is, of what: nobody else's key means the same. */
export interface RepeatScope {
  /** The account, or who else asks. */
  readonly account: string
  /** `POST /v1/chat/completions` */
  readonly route: string
}

/** The place of a request that is carried out for the first time. */
export interface FirstTime {
  /** Keeps its reply for repetitions. A reply that cannot be kept is lost to them, and to nobody else. */
  keep(reply: Reply): Promise<void>
  /** Keeps none: whoever repeats it has it carried out anew. */
  release(): void
}

const DAY_MS = 86_400_000
/** How long a request may be under way before a repetition is carried out anew, in ms: whoever had it has died. */
const LONGEST_RUN_MS = 15 * 60_000
/** A larger reply is not kept. */
const MOST_REPLY_BYTES = 4 * 1024 * 1024
/** How much is hashed in one go: a large body must not hold up everybody. */
const SLICE_BYTES = 1024 * 1024

/**
 * Carries out a request once, however often it is sent with the same key, and gives its reply again: `Idempotency-Key`.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export class Replies {
  readonly #store: ReplyStore
  readonly #seal: ReplySeal
  readonly #now: () => number

  /** @param now in ms since the epoch. */
  constructor(store: ReplyStore, pepper: Buffer, now: () => number) {
    this.#store = store
    this.#seal = new ReplySeal(pepper)
    this.#now = now
  }

  /**
   * @param key as the header has it.
   * @param question what is asked: with another, the key is refused.
   * @param keepMs for how long a reply is given again. Default: 24 hours
   * @returns the reply that was given, or the place of a request that is to be carried out now.
   * @throws SpekaError `invalid_value` for a key that is none; `idempotency_key_reused` when the key was used for
   *   something else; `request_in_progress` while the first is under way.
   */
  async begin(scope: RepeatScope, key: string, question: Uint8Array, keepMs = DAY_MS): Promise<Reply | FirstTime> {
    if (!/^[\x21-\x7e]{1,255}$/.test(key))
      throw new SpekaError('invalid_value', 'Idempotency-Key must be 1 to 255 characters of ASCII without spaces.')
    const place = this.#seal.place([scope.account, scope.route, key])
    const now = this.#now()
    const claim = { fingerprint: await fingerprintOf(question), now, until: now + LONGEST_RUN_MS }
    const claimed = await this.#store.claim(place, claim)
    if (claimed.state === 'yours') return this.#firstTime(place, keepMs)
    if (claimed.fingerprint !== claim.fingerprint)
      throw new SpekaError(
        'idempotency_key_reused',
        'This Idempotency-Key was used for another request. Use a new one for each, and the same only to repeat it.',
      )
    if (claimed.state === 'running')
      throw new SpekaError(
        'request_in_progress',
        'A request with this Idempotency-Key is under way. Repeat it later to get its answer.',
        { retryAfterMs: 1000 },
      )
    const reply = this.#seal.open(place, claimed.reply)
    if (reply !== undefined) return reply
    // Kept under another pepper: of no use to anybody.
    await this.#store.release(place)
    return this.begin(scope, key, question, keepMs)
  }

  #firstTime(place: string, keepMs: number): FirstTime {
    const release = (): void => void this.#store.release(place).catch(() => undefined)
    return {
      keep: async (reply) => {
        if (reply.body.length > MOST_REPLY_BYTES) return release()
        await this.#store.keep(place, this.#seal.seal(place, reply), this.#now() + keepMs).catch(release)
      },
      release,
    }
  }
}

/** Whether it is to be carried out now. */
export const isFirstTime = (found: Reply | FirstTime): found is FirstTime => 'keep' in found

async function fingerprintOf(question: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < question.length; at += SLICE_BYTES) {
    if (at > 0) await nextTurn()
    hash.update(question.subarray(at, at + SLICE_BYTES))
  }
  return hash.digest('base64url')
}
