import type { LeaseCall, LeaseReply, OwnerId, RecallAnswer } from '@speka/core/internal'

/**
 * What stands between the admission and its seams: nothing, as things are. A broken control changes what passes, as if a rule had been
 * left out.
 */
export interface Between {
  /** What a process says to the store. */
  readonly call?: (call: LeaseCall) => LeaseCall
  /** What the store answers. */
  readonly reply?: (reply: LeaseReply) => LeaseReply
  /** What a process hears from an owner that it has recalled from. */
  readonly answer?: (answer: RecallAnswer | undefined, from: OwnerId) => RecallAnswer | undefined
  /** Recalls are answered at once, while a call may be on its way. */
  readonly answersAtOnce?: true
  /** An owner trusts its leases, whatever its clock says. */
  readonly alwaysTrusts?: true
}
