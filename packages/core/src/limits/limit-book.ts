import type { Call } from '../operations/call.ts'
import type { Applied } from './limit.ts'

/** Which limits apply to a call. Compiled once for each key, so that asking costs next to nothing. */
export interface LimitBook {
  /** `undefined`: nothing limits it, the usual case. */
  appliedTo(call: Call): Applied | undefined
}
