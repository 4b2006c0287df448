import type { Failure } from '../failure.ts'

/** A reply that claims success but is not an answer: thrown by a provider's translation. */
export class BadReplyError extends Error {
  override readonly name = 'BadReplyError'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** The failure of an answer that cannot be used although the upstream may have done the work. */
export const badReply = (says: string, cause?: unknown): Failure => ({
  class: 'transient',
  mayBeBilled: true,
  message: says,
  code: 'upstream_bad_response',
  cause,
})
