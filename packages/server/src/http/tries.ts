import { SpekaError } from '@speka/core'
import type { SignInCodes } from '../store/sign-in-codes.ts'

/** What tries are counted by. */
export interface TriesParts {
  /** Where they are counted, for all processes. */
  readonly codes: Pick<SignInCodes, 'countTry' | 'forgiveTry'>
  /** What is kept of who tries, in place of who it is. */
  readonly digestOf: (who: string) => Promise<string>
  /** How often one may be wrong within a window. */
  readonly most: number
  /** In ms. */
  readonly windowMs: number
  /** In ms since the epoch. */
  readonly now: () => number
}

/**
 * Lets nobody try on who has been wrong too often, in whichever process that was, and before a restart too. A try counts before
 * it is made, so that many at the same time are no more than one after the other.
 */
export class Tries {
  readonly #parts: TriesParts

  constructor(parts: TriesParts) {
    this.#parts = parts
  }

  /**
   * Has `who` try.
   *
   * @param isWrong whether what was thrown says that he was wrong.
   * @throws SpekaError `rate_limit_exceeded` when he has been wrong too often; and what `work` throws.
   */
  async by<Done>(who: string, isWrong: (error: unknown) => boolean, work: () => Promise<Done>): Promise<Done> {
    const { codes, digestOf, most, windowMs, now } = this.#parts
    const of = await digestOf(who)
    const at = now()
    const until = await codes.countTry({ of, most, withinMs: windowMs, now: at })
    if (until !== undefined)
      throw new SpekaError('rate_limit_exceeded', 'There were too many wrong tries from here. Wait, then try again.', {
        retryAfterMs: until - at,
      })
    try {
      const done = await work()
      await codes.forgiveTry(of, at)
      return done
    } catch (error) {
      if (!isWrong(error)) await codes.forgiveTry(of, at)
      throw error
    }
  }
}
